using System.Diagnostics.CodeAnalysis;

namespace ToolRuntime.Gateway.Commands;

/// <summary>The fields that every command has, read without touching the others.</summary>
/// <param name="Id">The client's id of the command.</param>
/// <param name="Type">Which command; null where it is missing or no string.</param>
/// <param name="Session">The session; null where it is missing or no string.</param>
/// <param name="Json">The whole command, UTF-8, known to be well-formed.</param>
/// <param name="TraceParent">The client's trace, as it says; null where it is missing or no string.</param>
/// <param name="Flaw">Why the command can't be taken, whatever it is; null where nothing is wrong with its text.</param>
internal readonly record struct CommandEnvelope(
    string Id, string? Type, string? Session, ReadOnlyMemory<byte> Json, string? TraceParent = null, string? Flaw = null)
{
    private const string Malformed = "The message is no JSON object in UTF-8.";

    /// <summary>Reads the envelope; false if the text is no JSON object or has no usable id.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> json, out CommandEnvelope envelope, [NotNullWhen(false)] out string? problem)
    {
        (envelope, problem) = (default, Malformed);
        if (EnvelopeFields.Read(json) is not { } fields) return false;
        if (!EntityId.IsValid(fields.Id))
        {
            problem = fields.Flaw ?? (fields.Id is null ? "The command has no id." : "The command's id is not usable: [A-Za-z0-9][A-Za-z0-9._-]{0,63}.");
            return false;
        }

        (envelope, problem) = (new(fields.Id!, fields.Type, fields.Session, json, fields.TraceParent, fields.Flaw), null);
        return true;
    }

    /// <summary>Reads the fields that are strings; false if the text is no JSON object, or not one that can be taken.</summary>
    public static bool TryReadObject(ReadOnlyMemory<byte> json, out EnvelopeFields fields, [NotNullWhen(false)] out string? problem)
    {
        var read = EnvelopeFields.Read(json);
        fields = read ?? default;
        problem = read is null ? Malformed : fields.Flaw;
        return problem is null;
    }
}
