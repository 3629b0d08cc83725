using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ToolRuntime.SessionLog;
using ToolRuntime.Stores.Redis;
using ToolRuntime.Stores.Tests.SessionLog;

namespace ToolRuntime.Stores.Tests.Redis;

/// <summary>
/// Keys of its own on a server. A crash is the process's: the log is left as it is, with what it has on its way. The server's own death
/// has tests of its own.
/// </summary>
internal sealed class RedisStore(Func<Task<RedisServers>> servers) : ISessionLogStore
{
    private readonly string prefix = $"t{Guid.NewGuid():n}:";
    private readonly List<RedisSessionLog> crashed = [];
    private RedisSessionLog? open;

    public FakeTimeProvider Time { get; } = new();

    public async Task<ISessionLog> OpenAsync() =>
        open = await OpenAsync((await servers()).Configuration, options => options.KeyPrefix = prefix, Time);

    public async Task CloseAsync()
    {
        if (open is not null) await open.DisposeAsync();
        open = null;
    }

    public async Task<bool> HoldsAsync(string text)
    {
        var sought = Encoding.UTF8.GetBytes(text);
        foreach (var folder in (await servers()).Folders)
        {
            // All but a cluster's own notes, which its server keeps locked.
            foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(path => Path.GetFileName(path) != "nodes.conf"))
            {
                using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using var bytes = new MemoryStream();
                await file.CopyToAsync(bytes);
                if (bytes.GetBuffer().AsSpan(0, (int)bytes.Length).IndexOf(sought) >= 0) return true;
            }
        }

        return false;
    }

    public Task CrashAsync()
    {
        crashed.Add(open!);
        open = null;
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        foreach (var log in crashed) await log.DisposeAsync();
    }

    /// <summary>A connected log.</summary>
    public static async Task<RedisSessionLog> OpenAsync(string configuration, Action<RedisSessionLogOptions>? configure = null,
        TimeProvider? time = null, StoreHealth? health = null)
    {
        var options = new RedisSessionLogOptions { Configuration = configuration };
        configure?.Invoke(options);
        var logger = NullLogger<RedisSessionLog>.Instance;
        var log = new RedisSessionLog(Options.Create(options), time ?? TimeProvider.System, health ?? new(), logger);
        try
        {
            await log.ConnectAsync();
            return log;
        }
        catch
        {
            await log.DisposeAsync();
            throw;
        }
    }
}
