-- Prepended: expiry/lua/timer.lua (clock, number, withTriggers, arm, reopen).
-- Handles WhatsApp's report that a part of a history failed after WhatsApp had accepted
-- it: the part is sent again, or the history is parked.
--
-- KEYS  1 the batch: a hash {…, failures <part>, failed <message id>, …}
--       2 the leases of the action
--       3 the open firing
--       4 the parked firings
-- ARGV  1 the user
--       2 the id of the firing
--       3 the part
--       4 the id of the part's message
--       5 the field of the firing in KEYS[4]
--       6 its record in KEYS[4]
--       7 how long to wait before the part is sent again, in ms; each further failure
--         waits four times as long. Empty if the part would fail again
--       8 how many failures of a part lead to another attempt
--
-- The script returns 1 if the part is sent again, 2 if the history is parked, and 0 if
-- the failure is known already, the part was delivered, or the batch does not exist.
local part = 'p' .. ARGV[3]
if redis.call('EXISTS', KEYS[1]) == 0 or redis.call('HGET', KEYS[1], part) == 'delivered' then
  return 0
end
if redis.call('HSETNX', KEYS[1], 'failed ' .. ARGV[4], 1) == 0 then
  return 0
end
local id = redis.call('HGET', KEYS[1], 'id ' .. ARGV[3])
if redis.call('HGET', KEYS[1], part) == 'sent' and id and id ~= ARGV[4] then
  return 0 -- a newer copy of the part was sent
end
redis.call('HDEL', KEYS[1], part)
redis.call('PERSIST', KEYS[1])
local failures = redis.call('HINCRBY', KEYS[1], 'failures ' .. ARGV[3], 1)
if ARGV[7] ~= '' and failures <= tonumber(ARGV[8]) and redis.call('HEXISTS', KEYS[4], ARGV[5]) == 0 then
  local now = clock()
  reopen(KEYS[2], KEYS[3], ARGV[1], ARGV[2], number(now), now, now + ARGV[7] * 4 ^ (failures - 1))
  return 1
end
redis.call('HSET', KEYS[4], ARGV[5], ARGV[6])
return 2
