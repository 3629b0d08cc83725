using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Options;
using ToolRuntime.Stores.Workspaces;
using ToolRuntime.Tests.Shared;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Stores.Tests.Workspaces;

/// <summary>Workspaces in an object store, over Amazon's SDK and a server that checks what it sends.</summary>
public sealed class WorkspaceStoreTests : IAsyncLifetime
{
    private static readonly SessionKey Session = new("acme", "s1");
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("toolruntime-objects-");
    private readonly List<S3Objects> clients = [];
    private ObjectServer server = null!;
    private int copies;

    public async Task InitializeAsync() => server = await ObjectServer.StartAsync();

    public async Task DisposeAsync()
    {
        foreach (var client in clients) client.Dispose();
        Assert.Empty(server.Faults);
        await server.DisposeAsync();
        await BashAsync("/", $"chmod -R u+rwx {folder.FullName} && rm -r {folder.FullName}"); // names of any bytes
    }

    [Fact]
    public async Task Restore_AfterASave_IsTheSameFolder()
    {
        var (first, from) = await RestoreAsync();
        await BashAsync(from, """
            mkdir -p a/b/c empty shut && echo one > a/b/one && echo one > a/also-one && : > a/none && echo '#!/bin/sh' > run && chmod 751 run && chmod 600 a/b/one
            ln -s a/b/one link && ln -s /nowhere broken && ln -s .. a/up && head -c 3000000 /dev/urandom > large && echo x > shut/in && chmod 555 shut
            touch -d '2001-02-03 04:05:06.123456789 UTC' a/b/one && touch -h -d '2002-02-03 UTC' link && touch -d '1969-12-31 23:59:58.5 UTC' a/none && mkfifo pipe
            printf x > $'caf\xc3\xa9' && mkdir $'raw\xe9' && printf y > $'raw\xe9/f\xff' && ln -s $'to\xfe' rawlink && chmod 2750 a/b && touch -d '2003-01-01 UTC' a/b a
            """);

        var saved = await first.SaveAsync();
        var (_, to) = await RestoreAsync();

        Assert.Equal((true, 1), (saved.Changed, saved.LeftOut));
        await BashAsync(from, "rm pipe");
        Assert.Equal(await DescribeAsync(from), await DescribeAsync(to));
        Assert.Equal(7, server.Keys.Count(key => key.Contains("/files/", StringComparison.Ordinal))); // equal contents once
    }

    [Fact]
    public async Task Save_WhatChanged_BringsThatAloneAndRemovesTheRest()
    {
        var (hold, from) = await RestoreAsync();
        await BashAsync(from, "echo one > one && echo two > two && mkdir gone && echo three > gone/three && ln -s one link");
        Assert.Equal(4 + 4 + 6, (await hold.SaveAsync()).UploadedBytes);

        Assert.Equal(new(false, 0, 0), await hold.SaveAsync());
        await BashAsync(from, "rm -r gone link && echo 2 > two && mv one moved && ln -s two link");
        Assert.Equal(new(true, 2, 0), await hold.SaveAsync());

        var (_, to) = await RestoreAsync();
        Assert.Equal(await DescribeAsync(from), await DescribeAsync(to));
        Assert.Equal(2, server.Keys.Count(key => key.Contains("/files/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Save_FileThatKeepsSizeAndTimes_IsSeenToHaveChanged()
    {
        var (hold, from) = await RestoreAsync();
        await BashAsync(from, "echo one > file && touch -d '2020-01-01 UTC' file");
        await hold.SaveAsync();
        await BashAsync(from, "echo two > file && touch -d '2020-01-01 UTC' file");

        Assert.True((await hold.SaveAsync()).Changed);

        Assert.Equal("two\n", await File.ReadAllTextAsync(Path.Combine((await RestoreAsync()).Folder, "file")));
    }

    [Theory]
    [InlineData("/files/")]
    [InlineData("/manifest")]
    public async Task Save_CutOff_LeavesWhatWasSavedBefore(string at)
    {
        var (hold, from) = await RestoreAsync();
        await BashAsync(from, "echo one > file && echo same > other");
        await hold.SaveAsync();
        await BashAsync(from, "echo two > file && rm other && echo new > third");
        server.Refuses = (method, key) => method == "PUT" && key.Contains(at, StringComparison.Ordinal) ? ObjectServer.Refusal.Busy : default;
        Assert.Equal(WorkspaceFault.Unavailable, (await Assert.ThrowsAsync<WorkspaceStoreException>(() => hold.SaveAsync())).Fault);

        server.Refuses = null;
        var (next, to) = await RestoreAsync();

        Assert.Equal(("one\n", "same\n"), (await File.ReadAllTextAsync(Path.Combine(to, "file")), await File.ReadAllTextAsync(Path.Combine(to, "other"))));
        Assert.Equal(3, server.Keys.Count); // what nobody names is gone
        Assert.False((await next.SaveAsync()).Changed);
    }

    [Fact]
    public async Task Save_NotAnswered_IsKnownAsItsOwn()
    {
        var (hold, from) = await RestoreAsync();
        await BashAsync(from, "echo one > file");
        var cut = 0;
        server.Refuses = (method, key) => method == "PUT" && key.EndsWith("/manifest", StringComparison.Ordinal) && Interlocked.Increment(ref cut) == 1 ? ObjectServer.Refusal.CutAfter : default;

        Assert.True((await hold.SaveAsync()).Changed);

        await BashAsync(from, "echo two > file");
        Assert.True((await hold.SaveAsync()).Changed);
        Assert.Equal("two\n", await File.ReadAllTextAsync(Path.Combine((await RestoreAsync()).Folder, "file")));
    }

    [Fact]
    public async Task Save_AfterAnotherHasRestored_ChangesNothing()
    {
        var (old, from) = await RestoreAsync();
        await BashAsync(from, "echo one > file");
        await old.SaveAsync();
        var (next, to) = await RestoreAsync();
        await BashAsync(from, "echo stale > file");

        Assert.Equal(WorkspaceFault.Taken, (await Assert.ThrowsAsync<WorkspaceStoreException>(() => old.SaveAsync())).Fault);

        await BashAsync(to, "echo two > file");
        Assert.True((await next.SaveAsync()).Changed);
        await old.TakeBackAsync();
        await old.SaveAsync();
        Assert.Equal("stale\n", await File.ReadAllTextAsync(Path.Combine((await RestoreAsync()).Folder, "file")));
    }

    [Fact]
    public async Task Save_BeyondALimit_IsRefusedUntilItIsNot()
    {
        var (hold, from) = await RestoreAsync(options => (options.MaxBytes, options.MaxFiles) = (1 << 20, 5));
        await BashAsync(from, "head -c 1048577 /dev/zero > large");
        Assert.Equal(WorkspaceFault.TooLarge, (await Assert.ThrowsAsync<WorkspaceStoreException>(() => hold.SaveAsync())).Fault);
        await BashAsync(from, "rm large && touch 1 2 3 4 5 6");
        Assert.Equal(WorkspaceFault.TooLarge, (await Assert.ThrowsAsync<WorkspaceStoreException>(() => hold.SaveAsync())).Fault);
        await BashAsync(from, "rm 6");

        Assert.True((await hold.SaveAsync()).Changed);
    }

    [Fact]
    public async Task Erase_LeavesNothingOfTheSessionAndAllOfOthers()
    {
        var (hold, from) = await RestoreAsync();
        var (other, kept) = await RestoreAsync(session: new("acme", "s10"));
        await BashAsync(from, "for i in 1 2 3 4 5 6 7; do echo $i > $i; done");
        await BashAsync(kept, "echo kept > file");
        await hold.SaveAsync();
        await other.SaveAsync();

        await Store().EraseAsync(Session);
        await Store().EraseAsync(Session);

        Assert.All(server.Keys, key => Assert.StartsWith("workspaces/acme/s10/", key, StringComparison.Ordinal));
        Assert.Equal(2, server.Keys.Count);
        Assert.Equal(WorkspaceFault.Taken, (await Assert.ThrowsAsync<WorkspaceStoreException>(async () =>
        {
            await BashAsync(from, "echo late > late");
            await hold.SaveAsync();
        })).Fault);
    }

    [Theory]
    [InlineData("""{"version":1,"holder":"h","entries":[{"path":"../out","hash":"0000000000000000000000000000000000000000000000000000000000000000"}]}""")]
    [InlineData("""{"version":1,"holder":"h","entries":[{"path":"a/../../out","kind":"Folder"}]}""")]
    [InlineData("""{"version":1,"holder":"h","entries":[{"path":"/out","kind":"Folder"}]}""")]
    [InlineData("""{"version":2,"holder":"h","entries":[]}""")]
    [InlineData("nonsense")]
    public async Task Restore_ListThatIsNone_IsRefused(string manifest)
    {
        server.Write("workspaces/acme/s1/manifest", Encoding.UTF8.GetBytes(manifest));

        Assert.Equal(WorkspaceFault.Damaged, (await Assert.ThrowsAsync<WorkspaceStoreException>(() => RestoreAsync())).Fault);
    }

    [Fact]
    public async Task Restore_FileWhoseBytesAreOthers_IsRefused()
    {
        var (hold, from) = await RestoreAsync();
        await BashAsync(from, "echo one > file");
        await hold.SaveAsync();
        server.Write(server.Keys.Single(key => key.Contains("/files/", StringComparison.Ordinal)), "two\n"u8.ToArray());

        Assert.Equal(WorkspaceFault.Damaged, (await Assert.ThrowsAsync<WorkspaceStoreException>(() => RestoreAsync())).Fault);
    }

    [Fact]
    public async Task Check_WrongKeyOrBucket_IsRefusedAndAServerThatIsAwayIsUnavailable()
    {
        await Store().CheckAsync();
        Assert.Equal(WorkspaceFault.Refused, (await Assert.ThrowsAsync<WorkspaceStoreException>(() => Store(options => options.Bucket = "other").CheckAsync())).Fault);
        Assert.Equal(WorkspaceFault.Refused, (await Assert.ThrowsAsync<WorkspaceStoreException>(() => Store(options => options.SecretKey = "wrong").CheckAsync())).Fault);
        Assert.Single(server.Faults);
        server.Faults.Clear();
        Assert.Equal(WorkspaceFault.Unavailable, (await Assert.ThrowsAsync<WorkspaceStoreException>(() => Store(options => options.Endpoint = new("http://127.0.0.1:1")).CheckAsync())).Fault);
    }

    private ObjectWorkspaceStore Store(Action<WorkspaceStoreOptions>? configure = null)
    {
        var options = new WorkspaceStoreOptions { Bucket = ObjectServer.Bucket, Endpoint = server.Address, AccessKey = ObjectServer.AccessKey, SecretKey = ObjectServer.SecretKey };
        configure?.Invoke(options);
        var client = new S3Objects(Options.Create(options));
        clients.Add(client);
        return new(client, Options.Create(options));
    }

    private async Task<(IWorkspaceHold Hold, string Folder)> RestoreAsync(Action<WorkspaceStoreOptions>? configure = null, SessionKey? session = null)
    {
        var to = folder.CreateSubdirectory($"copy-{++copies}").FullName;
        return (await Store(configure).RestoreAsync(session ?? Session, to), to);
    }

    /// <summary>Names, kinds, modes, times, targets and contents, by other programs than ours.</summary>
    private static Task<string> DescribeAsync(string folder) =>
        BashAsync(folder, "find . -mindepth 1 \\( -type l -printf '%P l %TY-%Tm-%Td %TT %l\\n' -o -printf '%P %y %m %TY-%Tm-%Td %TT\\n' \\) | LC_ALL=C sort && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum");

    private static async Task<string> BashAsync(string folder, string script)
    {
        var start = new ProcessStartInfo("bash", ["-ec", script]) { WorkingDirectory = folder, RedirectStandardOutput = true, StandardOutputEncoding = Encoding.Latin1 };
        using var bash = Process.Start(start)!;
        var said = await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync();
        Assert.Equal(0, bash.ExitCode);
        return said;
    }
}
