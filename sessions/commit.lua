-- commit writes what a turn came to: session, answer, events, lives, feed. It does so for the holder of the lease,
-- or for whoever knows the last commit (ARGV[14]) while nobody holds the lease: then nothing happened in between.
--
-- KEYS[1]  session (hash)
-- KEYS[2]  events (stream)
-- KEYS[3]  effects (hash)
-- ARGV[1]  token of the lease; echoed first in every reply
-- ARGV[2]  turn
-- ARGV[3]  milliseconds the session lives from now
-- ARGV[4]  how many answers are kept
-- ARGV[5]  state
-- ARGV[6]  info
-- ARGV[7]  '1' if there is an answer to keep, 'k' if the call stays at this turn (nothing was answered)
-- ARGV[8]  answer
-- ARGV[9]  fingerprint
-- ARGV[10] about how many events are kept
-- ARGV[11] channel of the live feed
-- ARGV[12] call
-- ARGV[13] n, the number of effects to forget, followed by their n IDs
-- ...      then kind, data of each event
-- returns  {token, 'ok', next turn}    written now
--          {token, 'done', next turn}  this very commit was written before, its reply got lost
--          {token, 'lost', turn}       the lease is not ours or the turn is over; nothing was written
-- The live message is "call turn wake" (1: whoever waits for the call should look again) and then, for each event, "id kind length" and its data, every
-- part ended by a line feed.
local token, turn = ARGV[1], tonumber(ARGV[2])
local s = redis.call('HMGET', KEYS[1], 'turn', 'lease', 'done', 'until')
local stands = tonumber(s[1] or '0')
if s[3] == token then
  return {token, 'done', stands}
end
local ours = s[2] == token
if ARGV[14] ~= '' then
  ours = s[3] == ARGV[14]
  if ours and s[2] and s[2] ~= '' then
    local time = redis.call('TIME')
    ours = tonumber(s[4]) <= tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  end
end
if not ours or stands ~= turn then
  return {token, 'lost', stands}
end

local next = turn + 1
if ARGV[7] == 'k' then
  next = turn
end
if ARGV[7] == '1' then
  redis.call('HSET', KEYS[1], 'turn', next, 'state', ARGV[5], 'info', ARGV[6], 'done', token, 'lease', '', 'until', '0',
    'a:' .. turn, ARGV[8], 'f:' .. turn, ARGV[9])
else
  redis.call('HSET', KEYS[1], 'turn', next, 'state', ARGV[5], 'info', ARGV[6], 'done', token, 'lease', '', 'until', '0')
end
local old = next - 1 - tonumber(ARGV[4])
if old >= 0 then
  redis.call('HDEL', KEYS[1], 'a:' .. old, 'f:' .. old)
end

local forget = tonumber(ARGV[13])
for i = 15, 14 + forget do
  redis.call('HDEL', KEYS[3], ARGV[i])
end

local live = {ARGV[12] .. ' ' .. turn .. ' 1\n'}
for i = 15 + forget, #ARGV, 2 do
  local id = redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[10], '*', 'k', ARGV[i], 't', turn, 'd', ARGV[i + 1])
  live[#live + 1] = id .. ' ' .. ARGV[i] .. ' ' .. #ARGV[i + 1] .. '\n' .. ARGV[i + 1] .. '\n'
end
-- A call is far shorter than its keys live, so their lives need not begin anew with every turn. Effects have had
-- theirs set where they were saved.
if turn % 8 == 0 or ARGV[7] ~= '1' then
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
if #ARGV > 14 + forget then
  redis.call('PEXPIRE', KEYS[2], ARGV[3])
end
redis.call('PUBLISH', ARGV[11], table.concat(live))
return {token, 'ok', next}
