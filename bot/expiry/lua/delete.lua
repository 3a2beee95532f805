-- Prepended: expiry/lua/timer.lua (clock, number, withTriggers, arm, reopen).
-- Stops a timer. A firing that is being handled continues.
--
-- KEYS  1 the deadlines of the action
--       2 the trigger key, in database ARGV[2]
--       3 the open firing of the timer, if there is one
-- ARGV  1 the identifier
--       2 the database of the trigger; empty if it is the caller's own
--       3 the caller's own database
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[3], 'behind')
withTriggers(ARGV[2], ARGV[3], function() redis.call('DEL', KEYS[2]) end)
return 1
