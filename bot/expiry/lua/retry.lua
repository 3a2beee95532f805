-- Prepended: expiry/lua/timer.lua (clock, number, withTriggers, arm, reopen).
-- Ends the ownership of a firing, for the caller that has claimed it: every replica may
-- claim it after a delay.
--
-- KEYS  1 the leases of the action
--       2 the open firing
-- ARGV  1 the identifier
--       2 the id of the firing
--       3 the owner
--       4 the delay, in ms
--
-- The script returns 1, or 0 if the firing is closed or belongs to another owner.
local open = redis.call('HMGET', KEYS[2], 'id', 'owner')
if open[1] ~= ARGV[2] or open[2] ~= ARGV[3] then
  return 0
end
local now = clock()
redis.call('HSET', KEYS[2], 'owner', '')
redis.call('ZADD', KEYS[1], number(now + ARGV[4]), ARGV[1])
return 1
