using ToolRuntime.Search;

namespace ToolRuntime.Stores.Tests.Search;

/// <summary>Queries as they are read, and snippets.</summary>
public sealed class SearchQueryTests
{
    [Theory]
    [InlineData("", "q has no word to search for.")]
    [InlineData("  \"\" * -- ", "q has no word to search for.")]
    [InlineData("a \"b c", "q has a quotation mark without its other one.")]
    [InlineData("x*", "q has a beginning of less than 2 characters before its *.")]
    [InlineData("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", "q has more than 16 words.")]
    public void Read_WhatCannotBe_SaysWhy(string text, string problem)
    {
        Assert.Null(SearchQuery.Read(text, out var told));
        Assert.Equal(problem, told);
    }

    [Fact]
    public void Read_TooLong_SaysSo()
    {
        Assert.NotNull(SearchQuery.Read(new('a', SearchQuery.MaxLength), out _));
        Assert.Null(SearchQuery.Read(new('a', SearchQuery.MaxLength + 1), out var told));
        Assert.Equal("q is longer than 500 characters.", told);
    }

    [Fact]
    public void Read_WordsPhrasesAndBeginnings_AreClauses()
    {
        var query = SearchQuery.Read("Foo \"bar  baz\" qu-ux* a.b/c \"de fg\"*", out _)!;

        Assert.Equal(["foo", "bar baz", "qu ux*", "a b c", "de fg*"], query.Clauses.Select(clause => string.Join(' ', clause.Words) + (clause.Prefix ? "*" : "")));
    }

    [Fact]
    public void Snippet_Text_MarksWhatWasSearchedForAndCountsLines()
    {
        var text = string.Concat(Enumerable.Range(0, 100).Select(n => $"line {n} of no interest\n")) + "<b>ERROR</b>: connection refused\nand more";

        var snippet = SearchSnippet.Of(text, SearchQuery.Read("error \"connection ref\"*", out _)!);

        Assert.Equal(100, snippet.Line);
        Assert.Equal(["ERROR", "connection refused"], snippet.Parts.Where(part => part.Match).Select(part => part.Text));
        Assert.Contains("<b>", string.Concat(snippet.Parts.Select(part => part.Text)), StringComparison.Ordinal);
        Assert.True(snippet.Parts.Sum(part => part.Text.Length) < 300);
    }

    [Fact]
    public void Split_LongWord_IsKnownByItsBeginning()
    {
        var word = Assert.Single(SearchWords.Split(new('a', 1_000)));

        Assert.Equal((SearchWords.MaxLength, 1_000), (word.Text.Length, word.Length));
    }
}
