-- Prepended: expiry/lua/timer.lua (clock, number, withTriggers, arm, reopen).
-- Repairs a timer of which a part is missing: a deadline without its trigger gets
-- one; a trigger without deadline, which somebody else has set, gets a deadline; an
-- open firing that nobody would come upon can be claimed. Repeated, it does nothing.
--
-- KEYS  1 deadlines of the action, 2 the trigger key, in database ARGV[2]
--       3 leases of the action, 4 the open firing
-- ARGV  1 identifier, 2 database of the trigger, or empty; 3 the caller's own
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
