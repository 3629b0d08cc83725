namespace ToolRuntime.EndToEnd.Tests.Support;

/// <summary>A gateway with a data folder of its own that can be killed and started again at the same address.</summary>
internal sealed class TestServer(params string[] settings) : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("toolruntime-e2e-");
    private GatewayProcess? process;

    /// <summary>Where clients find it; the same after a restart.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    public string DataPath => Path.Combine(folder.FullName, "data");

    public GatewayProcess Process => process!;

    /// <summary>Starts a server on a free port and an empty folder, with further settings as on the command line.</summary>
    public static async Task<TestServer> StartAsync(params string[] settings)
    {
        var server = new TestServer(settings);
        await server.RestartAsync();
        return server;
    }

    /// <summary>Starts the next process on the same folder and port; the one before must have ended.</summary>
    public async Task RestartAsync()
    {
        if (process is { } earlier) await earlier.DisposeAsync();
        process = await GatewayProcess.StartAsync(DataPath, Address.OriginalString, settings);
        Address = await process.Listening;
    }

    public Task<ProtocolClient> ConnectAsync() => ProtocolClient.ConnectAsync(Address);

    public async ValueTask DisposeAsync()
    {
        if (process is { } running) await running.DisposeAsync();
        await DeleteAsync();
    }

    // The processes of a server that was just killed may still be writing for a moment.
    private Task DeleteAsync() => Limits.UntilAsync(
        () =>
        {
            try
            {
                if (folder.Exists) folder.Delete(recursive: true);
                return true;
            }
            catch (IOException)
            {
                return false;
            }
        },
        () => $"{folder.FullName} is deleted");
}
