using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ToolRuntime.Commands;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Commands;

/// <summary>Reads commands that a session's grain decides. Ranges and states are the grain's business; here it is only about shape.</summary>
internal static class CommandParser
{
    private static readonly FrozenDictionary<Type, string> Names =
        typeof(SessionCommand).GetCustomAttributes<JsonDerivedTypeAttribute>().ToFrozenDictionary(type => type.DerivedType, type => (string)type.TypeDiscriminator!);

    private static readonly FrozenSet<string> Types = Names.Values.ToFrozenSet();

    /// <summary>The wire types of all session commands.</summary>
    public static IEnumerable<string> KnownTypes => Types;

    /// <summary>The wire type of a command.</summary>
    public static string NameOf(SessionCommand command) => Names[command.GetType()];

    /// <summary>What is wrong with a type, if anything.</summary>
    public static string? CheckType(string? type) => type is null ? "The command has no type." : Types.Contains(type) ? null : "The command's type is unknown.";

    public static SessionReply<SessionCommand> Parse(CommandEnvelope envelope)
    {
        return CheckType(envelope.Type) is { } problem ? Invalid<SessionCommand>(problem) : Parse(envelope.Json, WireJsonContext.Default.SessionCommand);
    }

    /// <summary>Reads a command whose type is known from elsewhere.</summary>
    public static SessionReply<T> Parse<T>(ReadOnlyMemory<byte> json, JsonTypeInfo<T> type)
        where T : SessionCommand
    {
        try
        {
            var command = JsonSerializer.Deserialize(json.Span, type);
            return HasEmptyElements(command) ? Invalid<T>("A list holds null.") : new(command, null);
        }
        catch (JsonException exception)
        {
            return Invalid<T>(Describe(exception));
        }
        catch (NotSupportedException)
        {
            return Invalid<T>("The command can't be read."); // the serializer's word for a type that is none
        }
    }

    private static SessionReply<T> Invalid<T>(string message)
        where T : SessionCommand => new(null, new(ErrorCode.InvalidCommand, message));

    private static bool HasEmptyElements(SessionCommand? command) => command switch
    {
        null => true,
        RunTools run => run.Calls.Any(call => call is null),
        SendMessage { Tools: { } tools } => tools.Any(tool => tool is null),
        PutProcess { Process.DependsOn: { } dependencies } => dependencies.Any(dependency => dependency is null),
        ShareSession share => share.Subjects.Any(subject => subject is null),
        _ => false,
    };

    /// <summary>Names the field, not our types.</summary>
    private static string Describe(JsonException exception)
    {
        const string missing = "including: ";
        var at = exception.Message.IndexOf(missing, StringComparison.Ordinal);
        if (at >= 0) return $"Missing: {exception.Message[(at + missing.Length)..].Split(" Path:")[0].TrimEnd('.', ' ')}{In(exception.Path)}.";
        return string.IsNullOrEmpty(exception.Path) || exception.Path == "$" ? "A field is malformed." : $"The field {exception.Path} is malformed.";
    }

    private static string In(string? path) => string.IsNullOrEmpty(path) || path == "$" ? "" : $" in {path}";
}
