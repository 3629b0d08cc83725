using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Sessions;

namespace ToolRuntime.Gateway.Tests.Sessions;

/// <summary>What readers are told while a session that they read is being deleted.</summary>
public class DeletedFeedTests
{
    /// <summary>"Lost" would close the connection, whose client would come back and begin the session anew.</summary>
    [Fact]
    public async Task Read_WhileOthersAreToldOfTheDeletion_IsDeletedAndNotLost()
    {
        await using var world = await World.StartAsync();
        var epoch = world.Log.Create(World.Key("s1"), "dev").Epoch;
        await world.OutputAsync("s1");
        using var outbox = new Outbox(8);
        var (first, second) = (Reader(), Reader());
        await world.Feeds.AttachAsync(first);
        await world.Feeds.AttachAsync(second);
        var outcome = new TaskCompletionSource<ReadOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        first.Ended = () => outcome.SetResult(second.ReadAsync(new(), 65_536, CancellationToken.None).AsTask().GetAwaiter().GetResult());

        await world.DeliverAsync("s1", new(epoch, 1, 1, [], DeletedBy: "bob"));

        Assert.Equal(ReadOutcome.Deleted, await outcome.Task.WaitAsync(World.Patience));

        SessionReader Reader() => new(World.Key("s1"), new(epoch, 1), ReaderSettings.Everything, outbox, world.Log, TimeProvider.System);
    }
}
