using System.Collections.Immutable;
using System.IO.Enumeration;
using Microsoft.Extensions.Logging;

namespace ToolRuntime.Tools.Mcp;

/// <summary>The tools of a server that are offered, with what configuration says of them.</summary>
internal sealed class McpToolSet(McpServer server, McpServerOptions options)
{
    /// <summary>
    /// The tools for what the server describes; one that has not changed stays the same instance. What a list that is not complete does not
    /// name stays.
    /// </summary>
    public ImmutableArray<ITool> Of(McpToolList list, ImmutableArray<ITool> before, int max)
    {
        var earlier = list.IsComplete ? [] : before.Cast<McpTool>().Select(tool => tool.Definition);
        var definitions = list.Tools.Concat(earlier).DistinctBy(tool => tool.Name, StringComparer.Ordinal).Take(max);
        var offered = definitions.Where(definition => IsOffered(definition.Name)).ToList();
        var names = McpToolNames.Map(server.Name, offered.Select(definition => definition.Name));
        var known = before.Cast<McpTool>().ToDictionary(tool => tool.Definition);
        return [.. offered.DistinctBy(definition => definition.Name, StringComparer.Ordinal).Where(definition => names.ContainsKey(definition.Name)).Select(Tool)];

        ITool Tool(McpToolDefinition definition)
        {
            var name = names[definition.Name];
            return known.GetValueOrDefault(definition) is { } same && same.Descriptor.Name == name ? same : new McpTool(
                server, definition, Describe(definition, name));
        }
    }

    private bool IsOffered(string tool) => (options.Allow.Count == 0 || Matches(options.Allow, tool)) && !Matches(options.Deny, tool);

    private static bool Matches(IEnumerable<string> patterns, string tool) =>
        patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, tool, ignoreCase: false));

    private ToolDescriptor Describe(McpToolDefinition definition, string name)
    {
        var own = options.Tools.TryGetValue(definition.Name, out var given) ? given : options;
        var idempotent = own.Idempotent ?? options.Idempotent ?? (options.TrustAnnotations && definition.HintsIdempotent);
        return new()
        {
            Name = name,
            Description = definition.Description,
            Parameters = definition.Parameters,
            TimeoutMs = (int?)(own.Timeout ?? options.Timeout)?.TotalMilliseconds,
            Idempotency = idempotent ? Idempotency.Yes : Idempotency.No,
            NeedsApproval = own.NeedsApproval ?? options.NeedsApproval ?? false,
            CacheSeconds = own.CacheSeconds ?? options.CacheSeconds ?? 0,
            EstimatedMs = own.EstimatedMs ?? options.EstimatedMs ?? 1_000,
        };
    }
}
