-- Prepended: expiry/lua/timer.lua (clock, number, withTriggers, arm, reopen).
-- Begins to send the next part of a history, for the caller that has claimed the
-- firing. The first call moves the user's session into a batch; messages that arrive
-- later begin the next session.
--
-- KEYS  1 the user's session
--       2 the batch: a hash {session, parts, texts, p0, p1, …}, kept until WhatsApp has
--         delivered it
--       3 the open firing
--       4 the leases of the action
--       5 the deadlines of the action
--       6 the parked firings
--       7 the user's pace; see append_once.lua
-- ARGV  1 the user
--       2 the id of the firing
--       3 the owner
--       4 the length of the lease, in ms
--       5 how long to wait for proof that a part was sent, in ms
--       6 the field of the firing in KEYS[6]
--       7 how much of the pace a message uses up, in ms
--       8 how much of the pace may be used up, in ms
--       9 the number of confirmations of a session that append_once.lua did not count
--
-- The script returns one of
--   {'lost'}                the firing is closed or belongs to another owner
--   {'none'}                there is nothing to send: the session has no message, or
--                           a message has restarted the timer
--   {'done'}                all parts were sent
--   {'parked'}              the history is parked
--   {'wait', ms}            nobody knows yet whether the part was sent; it may be begun
--                           again after this time
--   {'pace', ms}            the pace allows the part after this time
--   {'send', part, parts, session, texts}
--                           send this part; parts are counted from 0, and texts is
--                           empty until the caller has stored them
--
-- The field p<i> of a part is '<ms> <owner>' once it was begun, 'sent' once WhatsApp
-- accepted it, and 'delivered' once a status said so. A call that go-redis repeats
-- because the answer was lost finds that its own owner began the part, and gets the same
-- answer.
local firing = redis.call('HMGET', KEYS[3], 'id', 'owner', 'taken')
if firing[1] ~= ARGV[2] or firing[2] ~= ARGV[3] then
  return {'lost'}
end
if redis.call('HEXISTS', KEYS[6], ARGV[6]) == 1 then
  return {'parked'}
end
local now = clock()
if redis.call('EXISTS', KEYS[2]) == 0 then
  if firing[3] then
    return {'done'}
  end
  local due = redis.call('ZSCORE', KEYS[5], ARGV[1])
  if due and tonumber(due) > now or redis.call('GETRANGE', KEYS[1], -3, -1) ~= '}]}' then
    return {'none'}
  end
  local session = redis.call('GET', KEYS[1])
  redis.call('HSET', KEYS[2], 'session', session, 'parts', 1)
  redis.call('DEL', KEYS[1])
  local confirmed = math.min(tonumber(session:sub(-32):match('"n":(%d+)}%]}$') or 0), ARGV[9])
  local used = math.max(tonumber(redis.call('GET', KEYS[7]) or 0), now) + confirmed * ARGV[7] - now
  if used > 0 then
    redis.call('SET', KEYS[7], number(now + used), 'PX', number(used))
  end
end
redis.call('HSET', KEYS[3], 'taken', 1)

local batch = redis.call('HMGET', KEYS[2], 'parts', 'session', 'texts')
for i = 0, batch[1] - 1 do
  local state = redis.call('HGET', KEYS[2], 'p' .. i)
  if state ~= 'sent' and state ~= 'delivered' then
    local mine = false
    if state then
      local since, owner = state:match('^(%d+) (.*)$')
      mine = owner == ARGV[3]
      local left = since + ARGV[5] - now
      if not mine and left > 0 then
        return {'wait', left}
      end
    end
    if not mine then
      local used = math.max(tonumber(redis.call('GET', KEYS[7]) or 0), now) + ARGV[7] - now
      if used > tonumber(ARGV[8]) then
        return {'pace', used - ARGV[8]}
      end
      redis.call('SET', KEYS[7], number(now + used), 'PX', number(used))
      redis.call('HSET', KEYS[2], 'p' .. i, number(now) .. ' ' .. ARGV[3])
    end
    redis.call('ZADD', KEYS[4], number(now + ARGV[4]), ARGV[1])
    return {'send', i, tonumber(batch[1]), batch[2], batch[3] or ''}
  end
end
return {'done'}
