using Bascule.Connectors.Platforms.ApiManagement.Source;
using Bascule.Testing.Platforms.ApimSample;

namespace Bascule.Connectors.Tests.Platforms.ApiManagement.Source;

public sealed class OverridesTests
{
    private const string File = "configuration.prod.yaml";

    [Fact]
    public async Task AnEnvironmentsOwnValuesLieOverTheOthers()
    {
        var source = await SourceStage.ReadAsync(ApimSample.Tree(), new ApimFolder(Environment: "prod"));

        source.Findings.ShouldBeEmpty();
        source.Overrides.ShouldBe(File);
        source.ServiceName.ShouldBe("shop-prod");
        ((string)source.At("namedValues/orders-url").Properties["value"]!).ShouldBe("https://orders.example.com");
        var diagnostic = source.At("apis/petstore/diagnostics/applicationinsights").Properties;
        diagnostic["sampling"]!.ToJsonString().ShouldBe("{\"samplingType\":\"fixed\",\"percentage\":100}");
        ((string)diagnostic["loggerId"]!).ShouldBe("/loggers/insights");
    }

    [Fact]
    public async Task AnotherEnvironmentHasNone()
    {
        var source = await SourceStage.ReadAsync(ApimSample.Tree(), new ApimFolder(Environment: "dev"));

        source.Overrides.ShouldBeNull();
        ((string)source.At("namedValues/orders-url").Properties["value"]!).ShouldBe("https://orders.dev.example.com");
    }

    [Fact]
    public async Task TheyMayLieAtTheTopOfTheRepository()
    {
        var tree = ApimSample.Tree("apim").Add("configuration.dev.yaml", "loggers: []\n");

        var source = await SourceStage.ReadAsync(tree, new ApimFolder("apim", "dev"));

        source.Findings.ShouldBeEmpty();
        source.Overrides.ShouldBe("configuration.dev.yaml");
    }

    [Fact]
    public async Task TwoFilesOfOneEnvironmentAreNotChosenBetween()
    {
        var tree = ApimSample.Tree("apim").Add(File, "loggers: []\n");

        var source = await SourceStage.ReadAsync(tree, new ApimFolder("apim", "prod"));

        source.Findings.Single().Text.ShouldStartWith("is a second file of overrides of 'prod'");
        source.Overrides.ShouldBeNull();
    }

    [Theory]
    [InlineData("backends:\n  - name: order\n    properties: { url: x }", 2, "names the backend 'order', which is not")]
    [InlineData(
        "backends:\n  - name: Orders\n    properties: { url: x }",
        2,
        "names the backend 'Orders', which is not"
    )]
    [InlineData("apis:\n  - name: orders\n    diagnostics:\n      - name: none", 4, "names the diagnostic of an API")]
    [InlineData("backend: []", 1, "is not a known key")]
    [InlineData("tags: []", 1, "is not a known key")]
    [InlineData("backends:\n  - name: orders\n    url: x", 3, "is not a known key")]
    [InlineData("backends:\n  - properties: { url: x }", 2, "is missing")]
    [InlineData("backends:\n  - name: orders\n    properties:\n      url: ~", 4, "has no value")]
    [InlineData("backends:\n  - name: orders\n    properties:\n      url: &a x", 4, "has an anchor (&)")]
    [InlineData("backends: []\nbackends: []", 2, "is written twice")]
    [InlineData("apis:\n  - name: orders\n    properties:\n      value: https://x", 4, "is a text of its own file")]
    [InlineData(
        "policyFragments:\n  - name: correlation\n    properties:\n      value: <fragment />",
        4,
        "is a text of its own file"
    )]
    [InlineData(
        "namedValues:\n  - name: orders-url\n    properties:\n      secret: maybe",
        4,
        "stands over true or false"
    )]
    public async Task WhatIsNotUnderstoodIsNamed(string yaml, int line, string says)
    {
        var source = await SourceStage.ReadAsync(
            ApimSample.Tree().Add(File, yaml),
            new ApimFolder(Environment: "prod")
        );

        var finding = source.Findings.Single();
        SourceStage.Show(finding).ShouldStartWith($"{File}:{line} Override: ");
        finding.Text.ShouldContain(says);
    }

    [Theory]
    [InlineData("no", "\"no\"")]
    [InlineData("010", "\"010\"")]
    [InlineData("1.10", "\"1.10\"")]
    [InlineData("'7'", "\"7\"")]
    [InlineData("7", "7")]
    [InlineData("true", "true")]
    [InlineData("[a, 1]", "[\"a\",1]")]
    [InlineData("{ b: c }", "{\"b\":\"c\"}")]
    public async Task AScalarIsWhatItIsInJson(string yaml, string json)
    {
        var tree = ApimSample.Tree().Add(File, $"backends:\n  - name: orders\n    properties: {{ new: {yaml} }}\n");

        var source = await SourceStage.ReadAsync(tree, new ApimFolder(Environment: "prod"));

        source.Findings.ShouldBeEmpty();
        source.At("backends/orders").Properties["new"]!.ToJsonString().ShouldBe(json);
    }

    [Fact]
    public async Task OverATextEverythingIsText()
    {
        var tree = ApimSample.Tree().Add(File, "apis:\n  - name: petstore\n    properties: { apiVersion: 1 }\n");

        var source = await SourceStage.ReadAsync(tree, new ApimFolder(Environment: "prod"));

        source.At("apis/petstore").Properties["apiVersion"]!.ToJsonString().ShouldBe("\"1\"");
    }
}
