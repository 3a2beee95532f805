-- Notes what became of an attempt to send a message.
-- KEYS  1 the outbox
-- ARGV  1 the message's id  2 the attempt
--       3 "over": it was sent, or never can be; "taken": WhatsApp has it, and a status will
--         say more; "again": it was surely not sent
--       4 for "taken" and "again": the wait in ms
local message = KEYS[1] .. ':' .. ARGV[1]
if ARGV[3] == 'over' then
  redis.call('ZREM', KEYS[1], ARGV[1])
  redis.call('DEL', message)
elseif redis.call('HGET', message, 'attempt') == ARGV[2] and redis.call('HEXISTS', message, 'begun') == 1 then
  if ARGV[3] == 'taken' then
    redis.call('HSET', message, 'taken', 1)
  else
    redis.call('HDEL', message, 'begun', 'taken') -- it is noted once: a status may come twice
  end
  local t = redis.call('TIME')
  redis.call('ZADD', KEYS[1], t[1] * 1000 + math.floor(t[2] / 1000) + ARGV[4], ARGV[1])
end
return 1
