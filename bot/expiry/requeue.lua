-- Opens a parked lapse again, to be claimed after a while.
--
-- KEYS  1 leases of the action, 2 the open lapse of its timer, 3 what is parked
-- ARGV  1 identifier, 2 id of the lapse, 3 its field in KEYS[3]
--       4 when it was due, in ms, 5 the while, in ms
-- Returns 1, 0 if it is not parked, or -1 if another lapse of the timer is open.
local open = redis.call('HMGET', KEYS[2], 'id', 'owner')
if redis.call('HEXISTS', KEYS[3], ARGV[3]) == 0 then
  return open[1] == ARGV[2] and 1 or 0
end
if open[1] and open[1] ~= ARGV[2] then
  return -1
end
local at = number(clock() + ARGV[5])
if open[1] and open[2] ~= '' then
  redis.call('HSET', KEYS[2], 'again', at) -- it is being handled: close.lua leaves it open
else
  redis.call('HSET', KEYS[2], 'id', ARGV[2], 'owner', '', 'due', ARGV[4], 'opened', number(clock()), 'attempt', 0)
  redis.call('ZADD', KEYS[1], at, ARGV[1])
end
redis.call('HDEL', KEYS[3], ARGV[3])
return 1
