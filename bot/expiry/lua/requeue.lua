-- Prepended: expiry/lua/timer.lua (clock, number, withTriggers, arm, reopen).
-- Opens a parked firing again, to be claimed after a while, or when another firing of
-- its timer that is open is closed. Repeated, it does nothing more.
--
-- KEYS  1 leases of the action, 2 the open firing of its timer, 3 what is parked
-- ARGV  1 identifier, 2 id of the firing, 3 its field in KEYS[3]
--       4 when it was due, in ms, 5 how long to keep it when all parts are sent, in ms
-- Returns 1, or 0 if it is not parked.
if redis.call('HDEL', KEYS[3], ARGV[3]) == 0 then
  return redis.call('HGET', KEYS[2], 'id') == ARGV[2] and 1 or 0
end
local now = clock()
reopen(KEYS[1], KEYS[2], ARGV[1], ARGV[2], ARGV[4], now, now + ARGV[5])
return 1
