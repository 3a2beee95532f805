-- Parks a history of which WhatsApp says, after it had taken it, that a part failed.
--
-- KEYS  1 the batch: a hash {…, failures, failed <id>, …}, 2 what is parked
-- ARGV  1 the part, 2 id of its message
--       3 field and 4 record in KEYS[2]
-- Returns how many messages of this history have failed, or 0 if this is nothing
-- new, the part was delivered, or there is no such batch any more.
local part = 'p' .. ARGV[1]
if redis.call('EXISTS', KEYS[1]) == 0 or redis.call('HGET', KEYS[1], part) == 'delivered' then
  return 0
end
if redis.call('HSETNX', KEYS[1], 'failed ' .. ARGV[2], 1) == 0 then
  return 0
end
redis.call('HDEL', KEYS[1], part)
redis.call('PERSIST', KEYS[1])
redis.call('HSET', KEYS[2], ARGV[3], ARGV[4])
return redis.call('HINCRBY', KEYS[1], 'failures', 1)
