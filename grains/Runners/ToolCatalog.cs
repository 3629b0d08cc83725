using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ToolRuntime.Schemas;
using ToolRuntime.Tools;

namespace ToolRuntime.Runners;

/// <summary>
/// The tools of this silo, by name: those that are registered, checked once, and what the sources offer just now. Readers see one snapshot,
/// which is replaced whole.
/// </summary>
internal sealed partial class ToolCatalog
{
    private static readonly JsonSchema AnyObject = JsonSchema.Compile(new JsonText("""{"type":"object"}"""));

    private readonly Lock gate = new();
    private readonly ImmutableArray<Registration> own;
    private readonly ImmutableArray<IToolSource> sources;
    private readonly ILogger logger;
    private readonly ToolAliases aliases;
    private volatile Snapshot current;

    /// <exception cref="InvalidOperationException">Two registered tools share a name, or a descriptor is wrong; the message says
    /// which.</exception>
    public ToolCatalog(IEnumerable<ITool> tools, IEnumerable<IToolSource>? sources = null, ILogger<ToolCatalog>? logger = null, ToolAliases? aliases = null)
    {
        own = [.. tools.Select(tool => new Registration(tool, Compile(tool.Descriptor)))];
        if (own.GroupBy(tool => tool.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new InvalidOperationException($"Two tools are named '{twice.Key}'.");
        }

        (this.sources, this.logger) = ([.. sources ?? []], logger ?? NullLogger<ToolCatalog>.Instance);
        this.aliases = aliases ?? new(Options.Create(new ToolAliasOptions()));
        current = Snapshot.Of(own);
        foreach (var source in this.sources) source.Changed += Renew;
        if (!this.sources.IsEmpty) Renew();
    }

    /// <summary>Every tool, by name.</summary>
    public ImmutableArray<ToolDescriptor> Descriptors => current.Descriptors;

    /// <summary>The name of the tool that a name stands for: its own where a tool has it, else that of which it is an alias.</summary>
    public string NameOf(string name) => Find(name) is null ? aliases.NameOf(name) : name;

    /// <summary>A call's arguments as the tool calls them that <see cref="NameOf"/> names.</summary>
    public JsonText ArgumentsOf(string name, JsonText arguments) => Find(name) is null ? aliases.ArgumentsOf(name, arguments) : arguments;

    public ITool? Find(string name) => current.Tools.GetValueOrDefault(name)?.Tool;

    /// <summary>What to say of a name that <see cref="Find"/> does not know: retryable if the tool may come yet.</summary>
    public ToolError WhyMissing(string name)
    {
        foreach (var source in sources)
        {
            if (source.WhyUnavailable(name) is { } reason) return new(ToolErrorCodes.Unavailable, reason, Retryable: true);
        }

        return new(ToolErrorCodes.UnknownTool, $"There is no tool '{(name.Length <= EntityId.MaxLength ? name : name[..EntityId.MaxLength] + "…")}'.");
    }

    /// <summary>Null when the arguments fit the tool's schema.</summary>
    public SchemaViolation? Validate(string name, JsonText arguments)
    {
        if (!current.Tools.TryGetValue(name, out var registration)) return new("", "are for a tool that is gone");
        try
        {
            return registration.Schema.Validate(arguments.ToElement());
        }
        catch (JsonException e)
        {
            return new("", e.Message);
        }
    }

    // Under the lock: what comes first is also published first.
    private void Renew()
    {
        lock (gate)
        {
            var known = current.Tools.Values.ToDictionary(registration => registration.Tool);
            var taken = own.Select(registration => registration.Name).ToHashSet(StringComparer.Ordinal);
            var all = own.ToBuilder();
            foreach (var tool in sources.SelectMany(source => source.Tools))
            {
                if (!taken.Add(tool.Descriptor.Name)) LogTaken(tool.Descriptor.Name);
                else all.Add(known.GetValueOrDefault(tool) ?? Adopt(tool));
            }

            current = Snapshot.Of(all.DrainToImmutable());
        }
    }

    /// <summary>A source's tool: its arguments are checked as far as they can be.</summary>
    private Registration Adopt(ITool tool)
    {
        try
        {
            return new(tool, Compile(tool.Descriptor));
        }
        catch (InvalidOperationException e) when (e.InnerException is SchemaException)
        {
            LogUnchecked(e.Message);
            return new(tool, AnyObject);
        }
    }

    private static JsonSchema Compile(ToolDescriptor descriptor)
    {
        var wrong = descriptor switch
        {
            _ when !EntityId.IsValid(descriptor.Name) => "its name is not allowed",
            { Description: "" } => "it has no description",
            { TimeoutMs: <= 0 } or { MaxTimeoutMs: <= 0 } => "its time-out is not positive",
            { EstimatedMs: <= 0 } => "its estimate is not positive",
            { CacheSeconds: < 0 } => "its cache time is negative",
            _ => null,
        };
        if (wrong is not null) throw new InvalidOperationException($"Tool '{descriptor.Name}': {wrong}.");

        try
        {
            return JsonSchema.Compile(descriptor.Parameters);
        }
        catch (Exception e) when (e is SchemaException or JsonException)
        {
            throw new InvalidOperationException($"Tool '{descriptor.Name}': its schema of arguments is wrong: {e.Message}", e);
        }
    }

    private sealed record Registration(ITool Tool, JsonSchema Schema)
    {
        public string Name => Tool.Descriptor.Name;
    }

    private sealed record Snapshot(FrozenDictionary<string, Registration> Tools, ImmutableArray<ToolDescriptor> Descriptors)
    {
        public static Snapshot Of(IReadOnlyCollection<Registration> all) => new(
            all.ToFrozenDictionary(registration => registration.Name, StringComparer.Ordinal),
            [.. all.Select(registration => registration.Tool.Descriptor).OrderBy(descriptor => descriptor.Name, StringComparer.Ordinal)]);
    }
}
