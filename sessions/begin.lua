-- begin loads a call's session and takes its lease for one turn, or says why not.
--
-- KEYS[1]  session (hash)
-- KEYS[2]  effects (hash)
-- ARGV[1]  the turn wanted; -1 for the one the call stands at
-- ARGV[2]  token of the lease to take; echoed first in every reply
-- ARGV[3]  milliseconds the lease lasts
-- ARGV[4]  milliseconds a session lives that has never committed
-- returns  {token, 'run', turn, info, state, effects, done} taken; info and state are '' and false on a first
--                                  turn, effects is a flat list of field, value, done the token of the last commit
--          {token, 'replay', turn, answer, fingerprint} answered before; turn is where the call stands
--          {token, 'stale', turn}                       no answer is kept
--          {token, 'busy', turn, ms}                    leased to somebody else for ms more
--          {token, 'unknown', 0}                        no such call
local token = ARGV[2]
local s = redis.call('HMGET', KEYS[1], 'turn', 'lease', 'until', 'info', 'state', 'done')
local turn = tonumber(s[1] or '0')
local want = tonumber(ARGV[1])

if not s[1] and want ~= 0 and not (want == -1 and s[2]) then
  return {token, 'unknown', 0}
end
if want == -1 then want = turn end

if want < turn then
  local kept = redis.call('HMGET', KEYS[1], 'a:' .. want, 'f:' .. want)
  if kept[1] then
    return {token, 'replay', turn, kept[1], kept[2] or ''}
  end
end
if want ~= turn then
  return {token, 'stale', turn}
end

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if s[2] and tonumber(s[3]) > now then
  return {token, 'busy', turn, tonumber(s[3]) - now}
end

redis.call('HSET', KEYS[1], 'lease', token, 'until', string.format('%.0f', now + tonumber(ARGV[3])))
if not s[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
return {token, 'run', turn, s[4] or '', s[5], redis.call('HGETALL', KEYS[2]), s[6] or ''}
