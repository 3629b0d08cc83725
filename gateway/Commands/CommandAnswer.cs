using System.Text.Json;
using ToolRuntime.Gateway.Connections;

namespace ToolRuntime.Gateway.Commands;

/// <summary>A command's answer, encoded, and what is to happen on the connection's writer once it is sent.</summary>
internal readonly record struct CommandAnswer(ReadOnlyMemory<byte> Json, Action? Written = null, ErrorCode? Refused = null)
{
    public static CommandAnswer Ack(string id, JsonText result) => new(ServerFrames.Ack(id, result));

    public static CommandAnswer Ack(string id, Action<Utf8JsonWriter> members, Action? written = null) =>
        new(ServerFrames.Ack(id, members), written);

    public static CommandAnswer Error(string id, Rejection rejection) => new(ServerFrames.Error(id, rejection), Refused: rejection.Code);

    /// <summary>Refuses a command whose fields are not as the protocol says.</summary>
    public static CommandAnswer Invalid(string id, string message) => Error(id, new(ErrorCode.InvalidCommand, message));
}
