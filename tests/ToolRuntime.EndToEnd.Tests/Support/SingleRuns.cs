using System.Text.Json.Nodes;

namespace ToolRuntime.EndToEnd.Tests.Support;

/// <summary>Tools that are run one by one.</summary>
internal static class SingleRuns
{
    /// <summary>Runs a tool and waits for its end.</summary>
    public static async Task<RecordedEvent> RunAsync(this ProtocolClient client, SessionRecord record, string tool, JsonObject arguments)
    {
        var batch = (await client.SendAsync(Command.RunTools(record.Session, new ToolUse(tool, arguments)))).GetProperty("batchId").GetString();
        await record.FirstAsync(e => e.EndsBatch && e.BatchId == batch, "the batch ends");
        return record.Events.Single(e => e.EndsTool && e.BatchId == batch);
    }
}
