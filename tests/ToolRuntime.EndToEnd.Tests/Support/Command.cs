using System.Text.Json.Nodes;

namespace ToolRuntime.EndToEnd.Tests.Support;

/// <summary>Commands with a new id each. Sending the same object again is sending the same command again.</summary>
internal static class Command
{
    public static JsonObject Of(string type, string session) => new() { ["id"] = Guid.NewGuid().ToString(), ["type"] = type, ["session"] = session };

    public static JsonObject SendMessage(string session, params IEnumerable<string> lines) => With(Of("message.send", session), "text", string.Join('\n', lines));

    public static JsonObject CancelMessage(string session, string messageId) => With(Of("message.cancel", session), "messageId", messageId);

    public static JsonObject OnMessage(string type, string session, string messageId) => With(Of(type, session), "messageId", messageId);

    public static JsonObject CancelTool(string session, string executionId) => With(Of("tool.cancel", session), "executionId", executionId);

    public static JsonObject CancelBatch(string session, string batchId) => With(Of("batch.cancel", session), "batchId", batchId);

    public static JsonObject PauseBatch(string session, string batchId) => With(Of("batch.pause", session), "batchId", batchId);

    public static JsonObject RunTools(string session, params IEnumerable<ToolUse> calls) =>
        With(Of("tools.run", session), "calls", new JsonArray([.. calls.Select(call => new JsonObject { ["tool"] = call.Tool, ["arguments"] = call.Arguments.DeepClone() })]));

    public static JsonObject Input(string session, string executionId, string? data, bool end = false)
    {
        var command = With(Of("tool.input", session), "executionId", executionId);
        if (data is not null) command["data"] = data;
        if (end) command["end"] = true;
        return command;
    }

    /// <summary>A cursor, for <c>after</c>.</summary>
    public static JsonObject Cursor(string epoch, long seq, string? check)
    {
        var cursor = new JsonObject { ["epoch"] = epoch, ["seq"] = seq };
        if (check is not null) cursor["check"] = check;
        return cursor;
    }

    private static JsonObject With(JsonObject command, string name, JsonNode value)
    {
        command[name] = value;
        return command;
    }
}

/// <summary>A tool with its arguments.</summary>
internal sealed record ToolUse(string Tool, JsonObject Arguments)
{
    /// <summary>A line of a message that the model <c>directive</c> makes a call of.</summary>
    public string Directive => $"/{Tool} {Arguments.ToJsonString()}";

    /// <summary>A command line whose processes bear the mark.</summary>
    public static ToolUse Shell(MarkedProcesses processes, string command, bool idempotent = false)
    {
        var arguments = new JsonObject { ["command"] = command, ["environment"] = new JsonObject { [MarkedProcesses.Variable] = processes.Mark } };
        if (idempotent) arguments["idempotent"] = true;
        return new("shell", arguments);
    }
}
