using System.Text;
using System.Text.Json;
using ToolRuntime.Stores.Tests;

namespace ToolRuntime.EndToEnd.Tests.Support;

/// <summary>A gateway with a data folder of its own that can be killed and started again at the same address.</summary>
internal sealed class TestServer(params string[] settings) : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("toolruntime-e2e-");
    private GatewayProcess? process;

    /// <summary>Where clients find it; the same after a restart.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>The clock that its processes see; the machine's where null.</summary>
    public SetClock? Clock { get; init; }

    /// <summary>Where its data is; a folder of its own where null.</summary>
    public SmallDisk? Disk { get; init; }

    public string DataPath => Path.Combine(Disk?.Path ?? folder.FullName, "data");

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
        process = await GatewayProcess.StartAsync(Clock, DataPath, Address.OriginalString, settings);
        Address = await process.Listening;
    }

    public Task<ProtocolClient> ConnectAsync() => ProtocolClient.ConnectAsync(Address);

    public async Task<JsonElement> GetJsonAsync(string path)
    {
        using var http = new HttpClient { BaseAddress = Address, Timeout = Limits.Timeout };
        return JsonElement.Parse(await http.GetStringAsync(new Uri(path, UriKind.Relative)));
    }

    /// <summary>Copies the databases that match, while no server runs on them; gives what puts them back.</summary>
    public Action Copy(string pattern = "*.db*")
    {
        var copies = Directory.EnumerateFiles(DataPath, pattern).ToDictionary(path => path, File.ReadAllBytes);
        return () =>
        {
            foreach (var path in Directory.EnumerateFiles(DataPath, pattern).ToList()) File.Delete(path);
            foreach (var (path, bytes) in copies) File.WriteAllBytes(path, bytes);
        };
    }

    /// <summary>The files that have the text, as it is or (as snapshots do) in base64, whose letters depend on where it begins.</summary>
    public IReadOnlyList<string> FilesWith(string text)
    {
        byte[][] forms = [Encoding.UTF8.GetBytes(text), .. Enumerable.Range(0, 3).Select(
            shift => Encoding.UTF8.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(new string(' ', shift) + text))[4..^4]))];
        return [.. Directory.EnumerateFiles(DataPath, "*", SearchOption.AllDirectories)
            .Where(path => !path.EndsWith(".lock", StringComparison.Ordinal) && Holds(path)).Select(path => Path.GetRelativePath(DataPath, path))];

        bool Holds(string path)
        {
            try
            {
                using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using var bytes = new MemoryStream();
                file.CopyTo(bytes);
                return forms.Any(form => bytes.GetBuffer().AsSpan(0, (int)bytes.Length).IndexOf(form) >= 0);
            }
            catch (IOException) when (path.Contains("/workspaces/", StringComparison.Ordinal))
            {
                return false; // what a tool is writing at this moment, or has just renamed
            }
        }
    }

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
