-- whether before a message, that message, most messages, most bytes
-- -> epoch, first, whether there are more, and for each message, newest first: id, seqs, entries, batches; only the epoch: no such message
local h = redis.call('HMGET', header, 'epoch', 'first')
if not h[1] then return {} end
local first, below = tonumber(h[2]), '+inf'
if ARGV[1] == '1' then
  local seq = redis.call('ZSCORE', order, ARGV[2])
  if not seq then return {h[1]} end
  below = '(' .. seq
end

local most, room = tonumber(ARGV[3]), tonumber(ARGV[4])
local ids = redis.call('ZRANGE', order, below, '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, number(most + 1))
local loose -- deltas by message, read when they are first asked for

local function deltasOf(id)
  if not loose then
    loose = {}
    for _, delta in ipairs(redis.call('LRANGE', deltas, 0, -1)) do
      local target = string.sub(delta, 5)
      loose[target] = loose[target] or {}
      table.insert(loose[target], (struct.unpack('<I4', delta)))
    end
  end
  return loose[id] or {}
end

local function read(id)
  local known, seqs = redis.call('HGET', messages, id), {}
  for at = 2, #known, 4 do seqs[#seqs + 1] = (struct.unpack('<I4', known, at)) end
  if string.byte(known, 1) ~= 119 then
    for _, seq in ipairs(deltasOf(id)) do seqs[#seqs + 1] = seq end
    table.sort(seqs)
  end
  local bytes, list, batches = 0, {}, {}
  for i, seq in ipairs(seqs) do
    local entry = redis.call('LINDEX', entries, number(seq - first))
    bytes = bytes + size(entry)
    list[i] = entry
    seqs[i] = number(seq)
    if kindOf(entry) == 'conversation.state' and string.find(entry, '"to":"paused_for_tools"', 1, true) then
      local next = redis.call('LINDEX', entries, number(seq + 1 - first))
      if next and kindOf(next) == 'batch.started' then batches[#batches + 1] = targetOf(next) end
    end
  end
  return bytes, {id, seqs, list, batches}
end

local page, bytes, more = {}, 0, '0'
for _, id in ipairs(ids) do
  if #page >= most then
    more = '1'
    break
  end
  local own, message = read(id)
  bytes = bytes + own
  if #page > 0 and bytes > room then
    more = '1'
    break
  end
  page[#page + 1] = message
end
return {h[1], h[2], more, page}
