-- Prepended: expiry/lua/timer.lua (clock, number, withTriggers, arm, reopen).
-- Deals with a part of a history of which WhatsApp says, after it had taken it, that
-- it failed: it is sent again, or the history is parked.
--
-- KEYS  1 the batch: a hash {…, failures <part>, failed <id>, …}
--       2 leases of the action, 3 the open firing, 4 what is parked
-- ARGV  1 the user, 2 id of the firing, 3 the part, 4 id of its message
--       5 field and 6 record in KEYS[4]
--       7 how long to wait before it is sent again, in ms, or empty: it would fail
--       again; four times as long after each further failure
--       8 how many failures of a part are borne with
-- Returns 1 if it is sent again, 2 if it is parked, or 0 if this is nothing new, the
-- part was delivered, or there is no such batch any more.
local part = 'p' .. ARGV[3]
if redis.call('EXISTS', KEYS[1]) == 0 or redis.call('HGET', KEYS[1], part) == 'delivered' then
  return 0
end
if redis.call('HSETNX', KEYS[1], 'failed ' .. ARGV[4], 1) == 0 then
  return 0
end
local id = redis.call('HGET', KEYS[1], 'id ' .. ARGV[3])
if redis.call('HGET', KEYS[1], part) == 'sent' and id and id ~= ARGV[4] then
  return 0 -- another copy of the part was sent since
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
