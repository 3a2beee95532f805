-- Sets a timer, or sets it anew. Repeated, it does the same again.
--
-- KEYS  1 deadlines of the action: identifier → due, in ms of Redis' clock
--       2 the trigger key, in database ARGV[3]
-- ARGV  1 identifier
--       2 how long from now, in ms
--       3 database of the trigger, or empty: the caller's own; 4 the caller's own
-- Returns when the timer is due.
local now, up = clock()
local due = up + ARGV[2]
arm(KEYS[1], KEYS[2], ARGV[1], now, due, ARGV[3], ARGV[4])
return number(due)
