-- Takes the message that is due first, for the time of a lease.
-- KEYS  1 the outbox
-- ARGV  1 the lease in ms  2 prefix of the times at which users last wrote
--       3 how long afterwards anything may be sent to them, in seconds
--       4 "young": statuses that were sent to the replica before it started may still be on
--         their way
-- It returns the message, if one is due: id, attempt, recipient, content. What is to be a
-- template stays one, also if the user writes before it is sent.
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if #first == 0 or tonumber(first[2]) > now then
  return {}
end
local message = KEYS[1] .. ':' .. first[1]
local m = redis.call('HMGET', message, 'to', 'content', 'template', 'late', 'begun', 'taken')
if not m[1] or m[6] or tonumber(m[4]) < now then
  redis.call('ZREM', KEYS[1], first[1])
  redis.call('DEL', message)
  return {}
end
redis.call('ZADD', KEYS[1], now + ARGV[1], first[1])
local is_task = m[1] == 'task'
if m[5] and ARGV[4] == 'young' and not is_task then
  return {}
end
redis.call('HSET', message, 'begun', 1)
local attempt = redis.call('HINCRBY', message, 'attempt', 1)
local wrote = redis.call('GET', ARGV[2] .. m[1]) or 0
if not is_task and (now / 1000 - wrote > tonumber(ARGV[3]) or m[2] == 'null') then
  m[2] = m[3]
  redis.call('HSET', message, 'content', m[2])
end
return {first[1], attempt, m[1], m[2]}
