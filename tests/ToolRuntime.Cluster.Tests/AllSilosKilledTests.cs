using ToolRuntime.Cluster.Tests.Support;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.Cluster.Tests;

/// <summary>No silo is left that could declare the others dead.</summary>
public sealed class AllSilosKilledTests
{
    [Fact]
    public async Task NewSilo_DoesNotWaitLongForThoseThatAreGone()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var client = await cluster.ConnectAsync(0);
        var record = await client.OpenAsync("left");
        await client.SendAsync(Command.RunTools("left", new ToolUse("computer", [])));
        await record.IdleAsync(1);

        await Task.WhenAll(cluster.Silos.Select(silo => silo.KillAsync()));
        await cluster.StartSiloAsync(); // With Orleans' own period this takes longer than these tests wait.

        var head = record.Cursor;
        await client.SendAsync(Command.RunTools("left", new ToolUse("computer", [])));
        await record.IdleAsync(head + 1);
        Assert.Equal(2, record.Events.Count(e => e.Type == "batch.completed"));
        record.Verify();
    }
}
