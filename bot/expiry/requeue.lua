-- Opens a parked lapse again, to be claimed after a while.
--
-- KEYS  1 leases of the action, 2 the open lapse of its timer, 3 what is parked
-- ARGV  1 identifier, 2 id of the lapse, 3 its field in KEYS[3]
--       4 when it was due, in ms, 5 the while, in ms
-- Returns 1, 0 if it is not parked, or -1 if another lapse of the timer is open.
if redis.call('HEXISTS', KEYS[3], ARGV[3]) == 0 then
  return redis.call('HGET', KEYS[2], 'id') == ARGV[2] and 1 or 0
end
local now = clock()
if not reopen(KEYS[1], KEYS[2], ARGV[1], ARGV[2], ARGV[4], now, now + ARGV[5]) then
  return -1
end
redis.call('HDEL', KEYS[3], ARGV[3])
return 1
