using System.Text.Json;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Tools;

namespace ToolRuntime.Gateway.Http;

/// <summary>What tools there are.</summary>
internal sealed class ToolEndpoints(SessionCalls calls)
{
    /// <summary><c>GET /v1/tools</c> and <c>GET /v1/tools/schemas</c>: <c>{tools: [..], defaultModel}</c>, each with the JSON schema of its arguments.</summary>
    public async Task ListAsync(HttpContext context)
    {
        var reply = await calls.ListToolsAsync(context.RequestAborted);
        var model = reply.Error is null ? await calls.GetDefaultModelAsync(context.RequestAborted) : null;
        if ((reply.Error ?? model?.Error) is { } refusal)
        {
            await HttpErrors.WriteAsync(context, refusal);
            return;
        }

        await HttpJson.WriteAsync(context, writer =>
        {
            writer.WriteStartArray("tools");
            foreach (var tool in reply.Value) Write(writer, tool);
            writer.WriteEndArray();
            writer.WriteString("defaultModel", model?.Value);
        });
    }

    private static void Write(Utf8JsonWriter writer, ToolDescriptor tool)
    {
        writer.WriteStartObject();
        writer.WriteString("name", tool.Name);
        writer.WriteString("description", tool.Description);
        writer.WritePropertyName("parameters");
        writer.WriteRawValue(tool.Parameters.ToString(), skipInputValidation: true);
        if (tool.TimeoutMs is { } timeout) writer.WriteNumber("timeoutMs", timeout);
        if (tool.MaxTimeoutMs is { } longest) writer.WriteNumber("maxTimeoutMs", longest);
        writer.WriteString("idempotency", JsonNamingPolicy.SnakeCaseLower.ConvertName(tool.Idempotency.ToString()));
        writer.WriteBoolean("needsApproval", tool.NeedsApproval);
        writer.WriteNumber("cacheSeconds", tool.CacheSeconds);
        writer.WriteNumber("estimatedMs", tool.EstimatedMs);
        writer.WriteString("input", JsonNamingPolicy.SnakeCaseLower.ConvertName(tool.Input.ToString()));
        if (tool.Sandbox is { } sandbox) writer.WriteString("sandbox", sandbox);
        if (tool.Containment is { } held) writer.WriteString("containment", JsonNamingPolicy.SnakeCaseLower.ConvertName(held.ToString()));
        if (tool.Isolation is { } isolation) Write(writer, isolation);
        if (tool.NotForModels is { } why) writer.WriteString("notForModels", why);
        if (tool.Scope is { } scope) writer.WriteString("scope", scope);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ToolIsolation isolation)
    {
        writer.WriteStartObject("isolation");
        writer.WriteBoolean("workspaceOnly", isolation.WorkspaceOnly);
        writer.WriteBoolean("network", isolation.Network);
        if (isolation.OwnUser) writer.WriteBoolean("ownUser", true);
        if (isolation.MemoryBytes is { } memory) writer.WriteNumber("memoryBytes", memory);
        if (isolation.Processes is { } processes) writer.WriteNumber("processes", processes);
        if (isolation.Processors is { } processors) writer.WriteNumber("processors", processors);
        if (isolation.WorkspaceBytes is { } workspace) writer.WriteNumber("workspaceBytes", workspace);
        if (!isolation.Missing.IsEmpty)
        {
            writer.WriteStartArray("missing");
            foreach (var missing in isolation.Missing) writer.WriteStringValue(missing);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
