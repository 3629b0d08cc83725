using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using ToolRuntime.Runners;
using ToolRuntime.Tools;

namespace ToolRuntime.Gateway.Sharing;

/// <summary>
/// What is taken out of what is shared: what is taken out of logs anyway (also where it came in by a message), credentials in headers and assignments,
/// what is configured, and all text below members of JSON that are named like secrets.
/// </summary>
internal sealed partial class ShareRedaction
{
    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int ShortestHeader = 8, ShortestAssigned = 3;

    private static readonly string[] Schemes = ["Bearer ", "bearer ", "Basic ", "basic "];
    private static readonly string[] Names = ["password", "passwd", "token", "secret", "api_key", "apikey", "access_key", "private_key"];

    private readonly Redactor redactor;

    public ShareRedaction(IOptions<ShareOptions> options, IOptions<RunnerOptions> runners, IEnumerable<SecretValues> registered)
    {
        var shared = options.Value;
        redactor = Redactor.FromEnvironment(runners.Value, [.. registered, new([.. shared.Secrets])], [.. Own, .. shared.Shapes.Select(Pattern)]);
    }

    public static string Replacement => "[redacted]";

    private static IEnumerable<TokenPattern> Own =>
    [
        new("trk."u8.ToArray(), Letters("._-"), 20),
        .. Schemes.Select(scheme => new TokenPattern(Encoding.ASCII.GetBytes(scheme), Letters("+/=._~-"), ShortestHeader)),
        .. Names.SelectMany(name => (string[])[name, name.ToUpperInvariant()]).Select(name => new TokenPattern(Encoding.ASCII.GetBytes($"{name}="), Visible, ShortestAssigned) { InWord = true }),
    ];

    /// <summary>All of ASCII that can be seen, but for what ends an assigned value.</summary>
    private static SearchValues<byte> Visible { get; } = SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(c => (byte)c).Except("\"'&;,\\"u8.ToArray())]);

    /// <summary>Whether all text below a member of this name goes.</summary>
    public static bool IsSecretName(string name) => SecretName().IsMatch(name);

    public string Redact(string text) => redactor.Redact(text);

    /// <summary>Redacts text that comes in pieces.</summary>
    public RedactedStream Stream() => new(redactor, shows: true);

    /// <summary>Writes a value without secrets; <paramref name="secret"/>: without any text.</summary>
    public void Write(Utf8JsonWriter json, JsonElement value, bool secret = false)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    json.WritePropertyName(Redact(member.Name));
                    Write(json, member.Value, secret || IsSecretName(member.Name));
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray()) Write(json, item, secret);
                json.WriteEndArray();
                break;
            case JsonValueKind.String:
                json.WriteStringValue(secret ? Replacement : Redact(value.GetString()!));
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }

    private static SearchValues<byte> Letters(string further) => SearchValues.Create(Encoding.ASCII.GetBytes(Alphanumeric + further));

    private static TokenPattern Pattern(SecretShape shape) => new(Encoding.ASCII.GetBytes(shape.Prefix!), Letters(shape.Characters), shape.MinLength);

    [GeneratedRegex("token|secret|passw|authorization|cookie|credential|api_?key|access_?key|private_?key", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretName();
}
