using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using ToolRuntime.Blobs;
using ToolRuntime.Stores.Workspaces.Blobs;
using ToolRuntime.Tests.Shared;

namespace ToolRuntime.Stores.Tests.Workspaces;

/// <summary>What both stores of blobs promise, and what a bucket's does when its server fails.</summary>
[SuppressMessage("Design", "CA1001", Justification = "DisposeAsync disposes of it.")]
[SuppressMessage("Performance", "CA1859", Justification = "Both stores are used as what they are for.")]
public sealed class BlobStoreTests : IAsyncLifetime
{
    private const int PartBytes = 5 << 20;
    private static readonly SessionKey Session = new("acme", "s1");
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("toolruntime-blobs-");
    private ObjectServer server = null!;
    private S3Blobs? bucket;

    public async Task InitializeAsync() => server = await ObjectServer.StartAsync();

    public async Task DisposeAsync()
    {
        bucket?.Dispose();
        Assert.Empty(server.Faults);
        await server.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("folder", 0)]
    [InlineData("bucket", 0)]
    [InlineData("folder", 100_000)]
    [InlineData("bucket", 100_000)]
    [InlineData("folder", (2 * PartBytes) + 3)]
    [InlineData("bucket", (2 * PartBytes) + 3)]
    public async Task Write_AnySize_CanBeReadInPartsAndTellsEveryByte(string kind, int size)
    {
        var (store, bytes, id) = (Store(kind), RandomNumberGenerator.GetBytes(size), BlobId.New(Session, "e1"));
        var info = new BlobInfo("plöt #1.png", "image/png", size, 3, 4);
        var told = new List<long>();

        await store.WriteAsync("acme", id, info, new MemoryStream(bytes), told.Add);

        Assert.Equal(told.Order(), told);
        Assert.Equal(size, told.LastOrDefault());
        var whole = new MemoryStream();
        while (whole.Length < size) whole.Write((await store.ReadAsync("acme", id, whole.Length, BlobChunk.MaxBytes))!.Bytes.Span);
        Assert.Equal(bytes, whole.ToArray());
        Assert.Equal(info, (await store.ReadAsync("acme", id, 0, 0))!.Info);
        Assert.True((await store.ReadAsync("acme", id, size, 10))!.Bytes.IsEmpty);
    }

    [Theory]
    [InlineData("folder")]
    [InlineData("bucket")]
    public async Task Erase_SomeOrAll_LeavesTheRest(string kind)
    {
        var store = Store(kind);
        BlobId[] ids = [BlobId.New(Session, "e1"), BlobId.New(Session, "e1"), BlobId.New(Session, "e2"), BlobId.New(new("acme", "s10"), "e1")];
        foreach (var id in ids) await store.WriteAsync("acme", id, new("x", "text/plain", 1), new MemoryStream([1]), _ => { });

        await store.EraseAsync(Session, execution => execution == "e1");
        Assert.Equal(new[] { false, false, true, true }, await ThereAsync());
        await store.EraseAsync(Session);
        await store.EraseAsync(Session);
        Assert.Equal(new[] { false, false, false, true }, await ThereAsync());
        Assert.Null(await store.ReadAsync("else", ids[3], 0, 1));

        async Task<bool[]> ThereAsync()
        {
            var there = new List<bool>();
            foreach (var id in ids) there.Add(await store.ReadAsync("acme", id, 0, 1) is not null);
            return [.. there];
        }
    }

    [Fact]
    public async Task Write_PartThatFails_LeavesNothing()
    {
        var (store, id) = (Store("bucket"), BlobId.New(Session, "e1"));
        var parts = 0;
        server.Refuses = (method, _) => method == "PUT" && Interlocked.Increment(ref parts) > 1 ? ObjectServer.Refusal.Busy : default;

        var failure = await Assert.ThrowsAsync<BlobStoreException>(
            () => store.WriteAsync("acme", id, new("x", "text/plain", 2 * PartBytes), new MemoryStream(new byte[2 * PartBytes]), _ => { }));

        Assert.True(failure.Retryable);
        Assert.Empty(server.Keys);
        Assert.Equal(0, server.OpenUploads);
        Assert.Null(await store.ReadAsync("acme", id, 0, 1));
    }

    [Fact]
    public async Task Write_CutInAPart_SendsThatPartAgain()
    {
        var (store, id, bytes) = (Store("bucket"), BlobId.New(Session, "e1"), RandomNumberGenerator.GetBytes(2 * PartBytes));
        var parts = 0;
        server.Refuses = (method, _) => method == "PUT" && Interlocked.Increment(ref parts) == 2 ? ObjectServer.Refusal.Cut : default;

        await store.WriteAsync("acme", id, new("x", "text/plain", bytes.Length), new MemoryStream(bytes), _ => { });

        Assert.Equal(bytes, server.Read(server.Keys.Single()));
    }

    private IBlobStore Store(string kind)
    {
        var options = new BlobOptions { Path = folder.FullName, PartBytes = PartBytes };
        if (kind == "folder") return new FolderBlobs(Options.Create(options));
        (options.Bucket, options.Endpoint) = (ObjectServer.Bucket, server.Address);
        (options.AccessKey, options.SecretKey) = (ObjectServer.AccessKey, ObjectServer.SecretKey);
        return bucket = new(Options.Create(options));
    }
}
