-- wrk sends the prepared requests one after the other, counts answers by status, and writes what it saw as JSON.
local requests, sent, threads = {}, 0, {}
counts = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  local file = assert(io.open(args[1], "rb"))
  for text in (file:read("*a") .. "\0"):gmatch("(%Z+)%z") do table.insert(requests, text) end
  file:close()
end

function request()
  sent = sent + 1
  return requests[(sent - 1) % #requests + 1]
end

function response(status)
  counts[status] = (counts[status] or 0) + 1
end

function done(summary, latency)
  local parts = {}
  for index = 1, #latency do
    local microseconds, count = latency(index)
    table.insert(parts, string.format("[%d,%d]", microseconds, count))
  end
  local statuses = {}
  for _, thread in ipairs(threads) do
    for status, count in pairs(thread:get("counts")) do table.insert(statuses, string.format('"%d":%d', status, count)) end
  end
  local errors = summary.errors
  local lost = errors.connect + errors.read + errors.write + errors.timeout
  io.stderr:write(string.format('{"seconds":%f,"lost":%d,"statuses":{%s},"latency":[%s]}',
    summary.duration / 1e6, lost, table.concat(statuses, ","), table.concat(parts, ",")))
end
