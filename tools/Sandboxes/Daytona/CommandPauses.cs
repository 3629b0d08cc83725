using System.Threading.Channels;
using ToolRuntime.Tools.Providers;

namespace ToolRuntime.Tools.Sandboxes.Daytona;

/// <summary>Stops a command's processes while its attempt is paused.</summary>
internal sealed class CommandPauses : IAsyncDisposable
{
    private readonly Channel<bool> wanted = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly CancellationTokenSource stop = new();
    private readonly IDisposable subscription;
    private readonly Task following;

    public CommandPauses(DaytonaToolbox toolbox, RunningCommand command, IToolContext context)
    {
        following = FollowAsync(toolbox, command);
        subscription = context.OnSuspend(suspended => wanted.Writer.TryWrite(suspended));
    }

    public async ValueTask DisposeAsync()
    {
        subscription.Dispose();
        await stop.CancelAsync();
        await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task FollowAsync(DaytonaToolbox toolbox, RunningCommand command)
    {
        await foreach (var suspended in wanted.Reader.ReadAllAsync(stop.Token))
        {
            try
            {
                await RunScript.SignalAsync(toolbox, command.Token, command.Session, suspended ? "STOP" : "CONT", stop.Token);
            }
            catch (ProviderException) when (!suspended)
            {
                // A command that was stopped must not stay so.
                if (!wanted.Reader.TryPeek(out _)) wanted.Writer.TryWrite(suspended);
                await Task.Delay(TimeSpan.FromSeconds(1), stop.Token);
            }
            catch (ProviderException)
            {
                // It goes on through the pause; its output waits.
            }
        }
    }
}
