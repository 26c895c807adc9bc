-- publish adds events to a call outside of a turn.
--
-- KEYS[1]  session (hash), only read: for the turn the call stands at
-- KEYS[2]  events (stream)
-- ARGV[1]  token, echoed first in the reply
-- ARGV[2]  milliseconds the stream lives from now
-- ARGV[3]  about how many events are kept
-- ARGV[4]  channel of the live feed
-- ARGV[5]  call
-- ...      then kind, data of each event
-- returns  {token, 'ok', turn}
local turn = tonumber(redis.call('HGET', KEYS[1], 'turn') or '0')
local live = {ARGV[5] .. ' ' .. turn .. ' 0\n'}
for i = 6, #ARGV, 2 do
  local id = redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', 'k', ARGV[i], 't', turn, 'd', ARGV[i + 1])
  live[#live + 1] = id .. ' ' .. ARGV[i] .. ' ' .. #ARGV[i + 1] .. '\n' .. ARGV[i + 1] .. '\n'
end
redis.call('PEXPIRE', KEYS[2], ARGV[2])
redis.call('PUBLISH', ARGV[4], table.concat(live))
return {ARGV[1], 'ok', turn}
