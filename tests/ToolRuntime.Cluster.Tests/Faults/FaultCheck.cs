using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.Cluster.Tests.Faults;

/// <summary>What a whole history must show, besides what each event was checked for when it came.</summary>
internal static class FaultCheck
{
    /// <summary>Each command that was answered is in the log, where the answer says, and none is there twice.</summary>
    public static void Commands(FaultClient client)
    {
        var record = client.Record;
        var started = record.Events.Where(e => e.Type == "batch.started" && e.MessageId is null).ToList();
        var firsts = started.Select(e => e.Json.GetProperty("tools")[0].GetProperty("arguments").GetProperty("command").GetString()!).ToList();
        var texts = record.Events.Where(e => e.Type == "message.created" && e.Text("role") == "user").Select(e => e.Text("text")!).ToList();
        Assert.Equal(firsts.Count, firsts.Distinct().Count());
        Assert.Equal(texts.Count, texts.Distinct().Count());
        foreach (var (command, ack, life) in client.Acked.Where(acked => acked.Life == client.Lives.Count))
        {
            var happened = Assert.Single(record.Events, e => e.Seq == ack.GetProperty("seq").GetInt64());
            if ((string)command["type"]! == "message.send") Assert.Equal((string)command["text"]!, happened.Text("text"));
            else Assert.Equal(ack.GetProperty("batchId").GetString(), happened.BatchId);
        }
    }

    /// <summary>What may not be repeated was not, whatever became of its silo.</summary>
    public static void Attempts(SessionRecord record)
    {
        var repeatable = record.Events.Where(e => e.Type == "batch.started").SelectMany(e => e.Json.GetProperty("tools").EnumerateArray())
            .Where(tool => tool.GetProperty("name").GetString() != "shell" || tool.GetProperty("arguments").TryGetProperty("idempotent", out _))
            .Select(tool => tool.GetProperty("executionId").GetString()!).ToHashSet();
        Assert.DoesNotContain(record.Events, e => e.Type == "tool.retry" && !repeatable.Contains(e.ExecutionId!));
        Assert.DoesNotContain(record.Events, e => e.Type is "tool.timeout" or "batch.timeout");
    }

    /// <summary>What the commands themselves have written down: none that may not be repeated ran twice, and no two attempts ran at once. A store that went back
    /// knows nothing of what it had begun.</summary>
    public static void Processes(string workspace, FaultWork work, int rollbacks)
    {
        var (ran, beside) = (Lines(FaultWork.RanLog).GroupBy(tag => tag).ToDictionary(tag => tag.Key, tag => tag.Count()), Lines(FaultWork.BesideLog).ToHashSet());
        foreach (var (tag, (idempotent, before)) in work.Tags)
        {
            if (before < rollbacks) continue;
            Assert.True(idempotent || ran.GetValueOrDefault(tag) <= 1, $"{tag} may not be repeated and ran {ran.GetValueOrDefault(tag)} times.");
            Assert.False(beside.Contains(tag), $"An attempt of {tag} ran beside an earlier one.");
        }

        string[] Lines(string name) => Path.Combine(workspace, name) is var path && File.Exists(path) ? File.ReadAllLines(path) : [];
    }
}
