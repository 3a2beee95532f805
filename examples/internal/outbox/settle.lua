-- Notes that an attempt to send a message has ended, unless that was noted before: a status
-- may come twice, and before the answer.
-- KEYS  1 the outbox
-- ARGV  1 the message's id  2 the attempt
--       3 "taken": WhatsApp has it, and a status will say more; "again": it was not sent
--       4 the wait in ms, until a status is not waited for any longer or it is sent again
local message = KEYS[1] .. ':' .. ARGV[1]
if redis.call('HGET', message, 'attempt') ~= ARGV[2] or redis.call('HEXISTS', message, 'begun') == 0 then
  return 0
end
if ARGV[3] == 'taken' then
  redis.call('HSET', message, 'taken', 1)
else
  redis.call('HDEL', message, 'begun', 'taken')
end
local t = redis.call('TIME')
redis.call('ZADD', KEYS[1], t[1] * 1000 + math.floor(t[2] / 1000) + ARGV[4], ARGV[1])
return 1
