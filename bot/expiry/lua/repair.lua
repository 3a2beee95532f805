-- Prepended: expiry/lua/timer.lua (clock, number, withTriggers, arm, reopen).
-- Repairs a timer of which a part is missing. A deadline without a trigger gets a
-- trigger. A trigger without a deadline, set by another program, gets a deadline. An open
-- firing without a lease can be claimed again. A repeated call does nothing.
--
-- KEYS  1 the deadlines of the action
--       2 the trigger key, in database ARGV[2]
--       3 the leases of the action
--       4 the open firing
-- ARGV  1 the identifier
--       2 the database of the trigger; empty if it is the caller's own
--       3 the caller's own database
local now = clock()
if redis.call('EXISTS', KEYS[4]) == 1 and not redis.call('ZSCORE', KEYS[3], ARGV[1]) then
  redis.call('ZADD', KEYS[3], number(now), ARGV[1])
end
local due = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0)
if due > now + 1 then
  withTriggers(ARGV[2], ARGV[3], function() redis.call('SET', KEYS[2], '1', 'NX', 'PXAT', number(due - 1)) end)
elseif due == 0 then
  local left = 0
  withTriggers(ARGV[2], ARGV[3], function() left = redis.call('PTTL', KEYS[2]) end)
  if left > 0 then
    redis.call('ZADD', KEYS[1], number(now + left + 1), ARGV[1])
  end
end
return 1
