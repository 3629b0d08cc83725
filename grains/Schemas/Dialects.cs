using Json.Schema;
using Json.Schema.Keywords;
using ToolRuntime.Schemas.Keywords;
using Of2019 = Json.Schema.Keywords.Draft201909;
using Older = Json.Schema.Keywords.Draft06;

namespace ToolRuntime.Schemas;

/// <summary>
/// The drafts we know, with our keywords in place of the library's. None of them has <c>$schema</c>: it would make the library turn to its
/// own unbounded dialect. Keywords that are not named here are annotations.
/// </summary>
internal static class Dialects
{
    private static readonly Dialect Draft202012 = new([
        .. Common(), .. Since2019(), new Keyword(new Items()), new Keyword(PrefixItemsKeyword.Instance),
        new Keyword(ContainsKeyword.Instance),
        AnchorKeyword.Instance, DynamicAnchorKeyword.Instance, new DynamicReference(), IdKeyword.Instance,
        UnevaluatedItemsKeyword.Instance])
    {
        AllowUnknownKeywords = true,
    };

    private static readonly Dialect Draft201909 = new([
        .. Common(), .. Since2019(), .. Tuples(), new Keyword(ContainsKeyword.Instance), Of2019.AnchorKeyword.Instance,
        IdKeyword.Instance, Of2019.UnevaluatedItemsKeyword.Instance])
    {
        AllowUnknownKeywords = true,
    };

    private static readonly Dialect Draft7 = new([
        .. Common(), .. Tuples(), new Keyword(Older.ContainsKeyword.Instance), Older.IdKeyword.Instance])
    {
        AllowUnknownKeywords = true,
    };

    /// <summary>The dialect that <c>$schema</c> names; null if we don't know it. Draft 6 has nothing that draft 7 takes
    /// otherwise. What stands beside a <c>$ref</c> counts in every draft, as ajv has it.</summary>
    public static Dialect? Find(string? schema) => schema?.TrimEnd('#').Split("://")[^1] switch
    {
        null or "json-schema.org/draft/2020-12/schema" or "json-schema.org/schema" => Draft202012,
        "json-schema.org/draft/2019-09/schema" => Draft201909,
        "json-schema.org/draft-07/schema" or "json-schema.org/draft-06/schema" or "json-schema.org/draft-04/schema" => Draft7,
        _ => null,
    };

    // The library's lengths count what a reader sees as one character, its numbers and equality fail on large exponents, and its
    // multipleOf takes as much stack as the exponent says.
    private static IEnumerable<IKeywordHandler> Common() =>
    [
        new Keyword(TypeKeyword.Instance), new Keyword(new Options()), new Keyword(ConstKeyword.Instance, Checks.IsSame),
        new Keyword(MinimumKeyword.Instance, Checks.IsAtLeast), new Keyword(MaximumKeyword.Instance, Checks.IsAtMost),
        new Keyword(ExclusiveMinimumKeyword.Instance, Checks.IsAbove), new Keyword(ExclusiveMaximumKeyword.Instance, Checks.IsBelow),
        new Keyword(MultipleOfKeyword.Instance, Checks.IsMultiple), new Keyword(UniqueItemsKeyword.Instance, Checks.HasNoTwins),
        new Keyword(MinLengthKeyword.Instance, Checks.IsLongEnough), new Keyword(MaxLengthKeyword.Instance, Checks.IsShortEnough),
        new Keyword(new Pattern()), new Keyword(MinItemsKeyword.Instance), new Keyword(MaxItemsKeyword.Instance),
        new Keyword(MinPropertiesKeyword.Instance), new Keyword(MaxPropertiesKeyword.Instance), new Keyword(RequiredKeyword.Instance),
        new Keyword(new Properties()), new Keyword(new PatternProperties()), new LateKeyword(new AdditionalProperties()),
        new Keyword(PropertyNamesKeyword.Instance), new Keyword(Older.DependenciesKeyword.Instance),
        new Keyword(AllOfKeyword.Instance), new Keyword(AnyOfKeyword.Instance), new Keyword(OneOfKeyword.Instance),
        new Keyword(NotKeyword.Instance), new Keyword(IfKeyword.Instance), new LateKeyword(ThenKeyword.Instance),
        new LateKeyword(ElseKeyword.Instance), new Reference(), DefsKeyword.Instance, Older.DefinitionsKeyword.Instance,
    ];

    private static IEnumerable<IKeywordHandler> Since2019() =>
    [
        new Keyword(DependentRequiredKeyword.Instance), new Keyword(new DependentSchemas()),
        new Keyword(MinContainsKeyword.Instance), new Keyword(MaxContainsKeyword.Instance), UnevaluatedPropertiesKeyword.Instance,
    ];

    private static IEnumerable<IKeywordHandler> Tuples() =>
        [new Keyword(Older.ItemsKeyword.Instance), new LateKeyword(Older.AdditionalItemsKeyword.Instance)];
}
