-- Prepended: expiry/lua/timer.lua (clock, number, withTriggers, arm, reopen).
-- Sets a timer, or sets it anew. Repeated, it does the same again.
--
-- KEYS  1 deadlines of the action: identifier → due, in ms of Redis' clock
--       2 the trigger key, in database ARGV[3], 3 the open firing
-- ARGV  1 identifier
--       2 how long from now, in ms
--       3 database of the trigger, or empty: the caller's own; 4 the caller's own
--       5 'missing': only if it is not set and no firing of it is open; else empty
-- Returns when the timer is due, or 0 if it was not missing.
if ARGV[5] == 'missing' and (redis.call('ZSCORE', KEYS[1], ARGV[1]) or redis.call('EXISTS', KEYS[3]) == 1) then
  return 0
end
local now, up = clock()
local due = up + ARGV[2]
arm(KEYS[1], KEYS[2], ARGV[1], now, due, ARGV[3], ARGV[4])
return number(due)
