using System.Threading.Channels;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace ToolRuntime.Tools.Mcp;

/// <summary>
/// A transport that gives progress to its call while messages are read, one after the other: the package handles messages side by side, so that
/// a server's steps would overtake each other, and a call's answer its last one.
/// </summary>
internal sealed class OrderedProgress(IClientTransport transport, Action<JsonRpcNotification> report) : IClientTransport
{
    public string Name => transport.Name;

    public async Task<ITransport> ConnectAsync(CancellationToken cancellationToken = default) =>
        new Session(await transport.ConnectAsync(cancellationToken), report);

    private sealed class Session(ITransport inner, Action<JsonRpcNotification> report) : ITransport
    {
        public string? SessionId => inner.SessionId;

        public ChannelReader<JsonRpcMessage> MessageReader { get; } = new Reader(inner.MessageReader, report);

        public Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default) => inner.SendMessageAsync(message, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class Reader(ChannelReader<JsonRpcMessage> inner, Action<JsonRpcNotification> report) : ChannelReader<JsonRpcMessage>
    {
        public override Task Completion => inner.Completion;

        public override bool TryRead([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out JsonRpcMessage item)
        {
            if (!inner.TryRead(out item)) return false;
            if (item is JsonRpcNotification { Method: NotificationMethods.ProgressNotification } progress) report(progress);
            return true;
        }

        public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) => inner.WaitToReadAsync(cancellationToken);
    }
}
