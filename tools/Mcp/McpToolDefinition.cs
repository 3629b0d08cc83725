using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ToolRuntime.Tools.Functions;

namespace ToolRuntime.Tools.Mcp;

/// <summary>A tool as its server describes it. The hints are claims.</summary>
internal sealed record McpToolDefinition(string Name, string Description, JsonText Parameters, bool HintsIdempotent)
{
    private const int MaxDescription = 8_000;

    /// <summary>
    /// Asks for the server's tools, all pages. Each is read for itself, since the package refuses a whole page for one that it can't read:
    /// a tool whose schema is no object's takes any object, one without a name is left out.
    /// </summary>
    public static async Task<IReadOnlyList<McpToolDefinition>> ListAsync(McpClient client, int max, CancellationToken cancellationToken)
    {
        var (found, known, cursor) = (new List<McpToolDefinition>(), new List<Tool>(), (string?)null);
        do
        {
            var request = new JsonRpcRequest
            {
                Method = RequestMethods.ToolsList,
                Params = cursor is null ? new JsonObject() : new JsonObject { ["cursor"] = cursor },
            };
            var page = JsonSerializer.SerializeToElement((await client.SendRequestAsync(request, cancellationToken)).Result, McpJsonUtilities.DefaultOptions);
            if (page.ValueKind != JsonValueKind.Object || !page.TryGetProperty("tools", out var tools) || tools.ValueKind != JsonValueKind.Array) throw new McpUnavailableException("its list of tools can't be read");
            foreach (var tool in tools.EnumerateArray())
            {
                if (Read(tool) is { } definition) found.Add(definition);
                if (TryRead(tool) is { } readable) known.Add(readable);
            }

            var next = Text(page, "nextCursor");
            cursor = next == cursor ? null : next;
        }
        while (cursor is not null && found.Count < max);

        // Some arguments also travel as headers, which the package looks up here.
        client.ClearKnownTools();
        client.AddKnownTools(known);
        return found.Count <= max ? found : found[..max];
    }

    private static McpToolDefinition? Read(JsonElement tool)
    {
        if (tool.ValueKind != JsonValueKind.Object || Text(tool, "name") is not { Length: > 0 } name) return null;
        var description = Text(tool, "description") ?? Text(tool, "title");
        var text = string.IsNullOrWhiteSpace(description) ? name : description;
        var hints = tool.TryGetProperty("annotations", out var annotations) && (Says(annotations, "readOnlyHint") || Says(annotations, "idempotentHint"));
        return new(name, McpText.Shorten(text, MaxDescription), SchemaOf(tool), hints);
    }

    private static JsonText SchemaOf(JsonElement tool)
    {
        var given = tool.TryGetProperty("inputSchema", out var schema) && schema.ValueKind == JsonValueKind.Object;
        var fits = given && (!schema.TryGetProperty("type", out var type) || type.ValueKind == JsonValueKind.Array || Text(schema, "type") == "object");
        return fits ? FunctionSchema.Parameters(schema) : new("""{"type":"object"}""");
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

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Says(JsonElement hints, string name) => hints.ValueKind == JsonValueKind.Object && hints.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
}
