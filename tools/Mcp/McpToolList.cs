using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace ToolRuntime.Tools.Mcp;

/// <summary>What a server said of its tools. If it is not complete, a later page did not come, or there were too many.</summary>
internal sealed record McpToolList(IReadOnlyList<McpToolDefinition> Tools, bool IsComplete)
{
    /// <summary>
    /// Asks for the server's tools, page by page. Each tool is read for itself, since the package refuses a whole page for one that it
    /// can't read. Whatever its cursors are, a server is asked for at most so many pages as there may be tools, and until the token is
    /// cancelled; what came until then counts.
    /// </summary>
    /// <exception cref="OperationCanceledException">Not even the first page came in time.</exception>
    public static async Task<McpToolList> ReadAsync(McpClient client, int max, CancellationToken cancellationToken)
    {
        var (found, known, asked) = (new List<McpToolDefinition>(), new List<Tool>(), new HashSet<string>(StringComparer.Ordinal));
        var (cursor, isComplete) = ((string?)null, true);
        do
        {
            var page = default(JsonElement);
            try
            {
                page = await PageAsync(client, cursor, cancellationToken);
            }
            catch (Exception e) when (cursor is not null
                && e is OperationCanceledException or McpProtocolException or McpUnavailableException)
            {
                isComplete = false;
                break;
            }

            foreach (var tool in page.GetProperty("tools").EnumerateArray())
            {
                if (McpToolDefinition.Read(tool) is { } definition) found.Add(definition);
                if (TryRead(tool) is { } readable) known.Add(readable);
            }

            cursor = page.TryGetProperty("nextCursor", out var next) && next.ValueKind == JsonValueKind.String ? next.GetString() : null;
        }
        while (cursor is not null && found.Count < max && asked.Count + 1 < max && asked.Add(cursor));

        // Some arguments also travel as headers, which the package looks up here.
        client.ClearKnownTools();
        client.AddKnownTools(known);
        return new(found.Count <= max ? found : found[..max], isComplete);
    }

    private static async Task<JsonElement> PageAsync(McpClient client, string? cursor, CancellationToken cancellationToken)
    {
        var request = new JsonRpcRequest
        {
            Method = RequestMethods.ToolsList,
            Params = cursor is null ? new JsonObject() : new JsonObject { ["cursor"] = cursor },
        };
        var answer = await client.SendRequestAsync(request, cancellationToken).WaitAsync(cancellationToken);
        var page = JsonSerializer.SerializeToElement(answer.Result, McpJsonUtilities.DefaultOptions);
        var isPage = page.ValueKind == JsonValueKind.Object;
        var isList = isPage && page.TryGetProperty("tools", out var tools) && tools.ValueKind == JsonValueKind.Array;
        return isList ? page : throw new McpUnavailableException("its list of tools can't be read");
    }

    private static Tool? TryRead(JsonElement tool)
    {
        try
        {
            return tool.Deserialize<Tool>(McpJsonUtilities.DefaultOptions);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return null;
        }
    }
}
