using System.Diagnostics;
using System.Net.WebSockets;
using ToolRuntime.Load.Figures;

namespace ToolRuntime.Load.Client;

/// <summary>A session whose client goes on at the next gateway when its connection ends, and repeats commands that were not answered.</summary>
/// <param name="connect">Connects to a gateway by its number, which counts round.</param>
/// <param name="gateway">The first gateway's.</param>
/// <param name="away">Takes how long the client had no session.</param>
internal sealed class LastingSession(Func<int, Task<LoadConnection>> connect, string name, int gateway, Samples away) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private LoadConnection? connection;
    private LoadSession? session;
    private int at = gateway;

    /// <summary>How often it went to another gateway.</summary>
    public int Reconnects { get; private set; }

    public async Task OpenAsync()
    {
        connection = await connect(at);
        session = new(connection, name) { Lasts = true };
        await session.OpenAsync();
    }

    /// <summary>Runs a batch to its end, whatever happens to connections.</summary>
    public async Task<Step> RunAsync(string calls)
    {
        var (id, step) = (Guid.NewGuid().ToString("N"), session!.Follow());
        while (!await AcceptedAsync($"\"type\":\"tools.run\",\"session\":\"{name}\",\"calls\":[{calls}]", id)) await BackAsync();
        while (await Task.WhenAny(step.Ended, connection!.Ended) != step.Ended) await BackAsync();
        await step.Ended;
        return step;
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is not null) await connection.DisposeAsync();
    }

    /// <summary>Whether the connection stood until the answer came.</summary>
    private async Task<bool> AcceptedAsync(string command, string id)
    {
        while (true)
        {
            try
            {
                await connection!.CommandAsync(command, id);
                return true;
            }
            catch (Exception exception) when (IsEnd(exception))
            {
                return false;
            }
            catch (InvalidOperationException exception) when (IsBusy(exception))
            {
                await Task.Delay(Pause);
            }
        }
    }

    private async Task BackAsync()
    {
        var from = Stopwatch.GetTimestamp();
        await connection!.DisposeAsync();
        Reconnects++;
        while (true)
        {
            try
            {
                connection = await connect(++at);
                await session!.BackAsync(connection);
                away.Add(from, Stopwatch.GetTimestamp());
                return;
            }
            catch (Exception exception) when (IsEnd(exception) || IsBusy(exception))
            {
                await connection.DisposeAsync();
                await Task.Delay(Pause);
            }
        }
    }

    private static bool IsEnd(Exception exception) => exception is WebSocketException or IOException or ObjectDisposedException;

    private static bool IsBusy(Exception exception) => exception.Message.Contains("\"unavailable\"", StringComparison.Ordinal);
}
