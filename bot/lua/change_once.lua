-- Prepended: expiry/lua/timer.lua (clock, number, withTriggers, arm, reopen).
-- Edits or deletes a message of one user, once, and restarts the user's timer, in one step.
--
-- A message of the open session gets its new words, or leaves the session. An edit of a
-- message that is not in the session becomes a message of the session: the history of the
-- message it edits was begun, or that message is still to come, and then it is a duplicate.
-- A deletion of such a message changes no history; if the message is still to come, it is
-- a duplicate.
--
-- KEYS  1 the user's session: a JSON text that ends with "messages":[…]}
--       2 the mark that the change was seen; see append_once.lua
--       3 the mark that the message was seen
--       4 the latest change of the message: the time of an edit, or 'deleted'
--       5 the deadlines of the action
--       6 the user's trigger key, in database ARGV[2]
--       7 the user's pace; see append_once.lua
--       8 the user's alias; see usernames.go
-- ARGV  1 a token that no other call has
--       2 the database of the trigger; empty if it is the caller's own
--       3 the caller's own database
--       4 the user
--       5 the silence, in ms
--       6 the session's time to live, in ms
--       7 the marks' time to live, in ms
--       8 the number of messages that makes a session due at once
--       9 the number of bytes that makes a session due at once
--       10 how much of the pace a message to the user uses up, in ms
--       11 the number of confirmations of a session that begin_part.lua counts later
--       12 how the message begins in the session: {"id":"…","at":"
--       13 the time of the edit as in the session
--       14 how the message goes on after its time, without its number and the last brace;
--         empty: it is deleted
--       15 the time of the edit: a number that grows
--
-- The script returns one of
--   1  the message was edited, or deleted, in its session
--   2  the edit is a message of the session
--   3  nothing was changed: the message is deleted or has a later edit, or it was not in
--      the session and is deleted
--   4  nothing was changed: the change was seen before
-- or another user's name, as append_once.lua does.
--
-- The number of the last message is how many the session has had. It stays the same when a
-- message is deleted: append_once.lua and begin_part.lua count confirmations by it.
--
-- A repeated call of go-redis gets the same answer. The timer is set first and the mark
-- last; see append_once.lua.
local seen = redis.call('GET', KEYS[2])
if seen then
  local token, did = seen:match('^(%S+):(%d) 00$')
  return token == ARGV[1] and tonumber(did) or 4
end

local edited = ARGV[14] ~= ''
local latest = redis.call('GET', KEYS[4])
local overtaken = latest == 'deleted' or edited and latest and tonumber(latest) > tonumber(ARGV[15])

-- In a JSON text, quotation marks without a backslash are never part of a string: so these
-- are the message's own beginning and its own number.
local text = redis.call('GET', KEYS[1]) or ''
local alias = text == '' and redis.call('GET', KEYS[8])
if alias then
  return alias
end
local last = tonumber(text:sub(-32):match('"n":(%d+)}%]}$') or 0)
local first = not overtaken and text:find(ARGV[12], 1, true)
local did = 3
if first then
  local _, stop, n = text:find(',"n":(%d+)}', first)
  local before, after = text:sub(1, first - 1), text:sub(stop + 1)
  if edited then
    local at = text:match('^[^"]*', first + #ARGV[12])
    text = before .. ARGV[12] .. at .. ARGV[14] .. ',"n":' .. n .. '}' .. after
  elseif after:sub(1, 1) == ',' then
    text = before .. after:sub(2)
  elseif before:sub(-1) == ',' then
    text = before:sub(1, -2) .. after
    text = text:gsub('"n":%d+}%]}$', '"n":' .. number(last) .. '}]}')
  else
    text = before .. after
    local now = clock()
    local used = math.max(tonumber(redis.call('GET', KEYS[7]) or 0), now) + math.min(last, ARGV[11]) * ARGV[10] - now
    redis.call('SET', KEYS[7], number(now + used), 'PX', number(used))
  end
  did = 1
elseif edited and not overtaken then
  last = last + 1
  local message = ARGV[12] .. ARGV[13] .. ARGV[14] .. ',"n":' .. number(last) .. '}]}'
  if text == '' then
    text = '{"messages":[' .. message
  else
    text = text:sub(1, -3) .. (last > 1 and ',' or '') .. message
  end
  did = 2
end

if did ~= 3 and text ~= '{"messages":[]}' then
  local now, up = clock()
  local due = up + ARGV[5]
  if last >= tonumber(ARGV[8]) or #text >= tonumber(ARGV[9]) then
    due = now
  end
  arm({{identifier = ARGV[4], due = due, deadlines = KEYS[5], trigger = KEYS[6]}}, now, ARGV[2], ARGV[3])
  redis.call('SET', KEYS[1], text, 'PX', ARGV[6])
elseif did ~= 3 then
  redis.call('DEL', KEYS[1]) -- its timer finds nothing to send
end
if not overtaken then
  redis.call('SET', KEYS[4], edited and ARGV[15] or 'deleted', 'PX', ARGV[7])
  redis.call('SET', KEYS[3], ARGV[1] .. ' 00', 'NX', 'PX', ARGV[7])
end
redis.call('SET', KEYS[2], ARGV[1] .. ':' .. did .. ' 00', 'PX', ARGV[7])
return did
