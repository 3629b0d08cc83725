using ToolRuntime.Tools.Mcp.Messages;

namespace ToolRuntime.Tools.Providers;

/// <summary>A provider's answer, which fails once it is longer than it may be.</summary>
internal sealed class BoundedBody(Stream inner, Provider provider, ToolCounters? counters = null) : PulledStream
{
    private readonly byte[] block = new byte[16 * 1024];
    private long length;

    protected override async ValueTask<ReadOnlyMemory<byte>?> NextAsync(CancellationToken cancellationToken)
    {
        var read = await inner.ReadAsync(block, cancellationToken);
        length += read;
        counters?.AddBytesIn(read);
        if (length > provider.MaxBytes) throw ProviderFaults.TooLarge(provider);
        if (read == 0) return null;
        return block.AsMemory(0, read);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
