using ToolRuntime.Tools.Files;

namespace ToolRuntime.Tools.Tests.Files;

public sealed class SourceFactsTests
{
    [Theory]
    [InlineData("", 0, 0, "")]
    [InlineData("text\n", 1, 0, "")]
    [InlineData("using System;\nusing var x = y;\n\npublic sealed class Foo\n{\n}\ninternal static partial record Bar;", 7, 1, "Foo Bar")]
    [InlineData("import React from 'react';\nconst x = require('y');\nexport default function App() {}\nexport const Card = () => 1;\nconst lower = 1;", 5, 2, "App Card")]
    [InlineData("import os\nfrom a import b\nclass A:\n    def inner(self): pass\nasync def run(): pass", 5, 2, "A run")]
    [InlineData("use std::io;\npub struct S;\npub fn go() {}\n#include <stdio.h>", 4, 2, "S go")]
    public void Of_Source_CountsWhatIsThere(string text, int lines, int imports, string components)
    {
        var facts = SourceFacts.Of(text);

        Assert.Equal((lines, imports, components), (facts.Lines, facts.Imports, string.Join(' ', facts.Components)));
    }
}
