using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using ToolRuntime.Events;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Connections;

namespace ToolRuntime.Gateway.Tests;

/// <summary>The document is normative: what the code says must be in it.</summary>
public class ProtocolDocumentTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "protocol.md"));

    /// <summary>Events, commands and error codes; `session.reset` is an event and a command.</summary>
    public static TheoryData<string> Names() =>
    [
        .. typeof(SessionEvent).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(type => (string)type.TypeDiscriminator!)
            .Concat(CommandParser.KnownTypes).Concat(CommandDispatcher.OwnTypes)
            .Concat(Enum.GetNames<ErrorCode>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)).Distinct(),
    ];

    public static TheoryData<int> CloseCodes() => [.. Enum.GetValues<CloseCode>().Where(code => code != CloseCode.Normal).Select(code => (int)code)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Document_EveryDiscriminator_IsListed(string name) => Assert.Contains($"`{name}`", Document, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(CloseCodes))]
    public void Document_EveryCloseCode_IsListed(int code) => Assert.Contains($"{code} ", Document, StringComparison.Ordinal);

    [Theory]
    [InlineData("welcome {connectionId, tenant, subject, protocol, heartbeatMs, limits}")]
    [InlineData("ack {id, result}")]
    [InlineData("events {session, epoch, after, seq, events: [..]}")]
    [InlineData("head {sessions: {id: {epoch, seq}}}")]
    [InlineData("closing {reason, reconnectAfterMs}")]
    public void Document_EveryServerFrame_IsDescribed(string frame) => Assert.Contains($"`{frame}`", Document, StringComparison.Ordinal);
}
