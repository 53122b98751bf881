using Bascule.Testing.Platforms.ApimSample;

namespace Bascule.Connectors.Tests.Platforms.ApiManagement.Source.Specifications;

public sealed class OpenApiDocumentTests
{
    private const string Yaml = "apis/petstore/specification.yaml";
    private const string Json = "apis/orders/specification.json";

    [Fact]
    public async Task OperationsAreTaken()
    {
        var source = await SourceStage.ReadAsync(ApimSample.Tree());

        var pets = source.At("apis/petstore").Specification!;
        pets.Format.ShouldBe("openapi");
        pets.Operations.Select(one => $"{one.Id} {one.Method} {one.UrlTemplate}")
            .ShouldBe(["get-pets-petid GET /pets/{petId}", "listPets GET /pets"]);
        source.At("apis/orders").Specification!.Format.ShouldBe("openapi+json");
        source.At("apis/orders").Specification!.Operations.Single().Id.ShouldBe("placeOrder");
    }

    [Theory]
    [InlineData("$ref: ./pet.yaml#/Pet")]
    [InlineData("$ref: https://attacker.example/pet.yaml")]
    [InlineData("$ref: file:///etc/passwd")]
    [InlineData("$ref: //attacker.example/x")]
    [InlineData("$ref: Pet")]
    [InlineData("$ref: ''")]
    [InlineData("$dynamicRef: x.yaml#a")]
    [InlineData("operationRef: https://attacker.example/x")]
    [InlineData("externalValue: https://attacker.example/x")]
    [InlineData("discriminator: { propertyName: a, mapping: { dog: dog.yaml } }")]
    [Trait("Threat", "T132")]
    public async Task NothingLeadsOutOfTheDocument(string line)
    {
        var found = await SourceStage.FindAsync((Yaml, $"openapi: 3.0.3\npaths: {{}}\nx:\n  - {line}\n"));

        found.ShouldContain(one => one.StartsWith($"{Yaml}:4 ExternalReference: has ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("$ref: '#/components/schemas/Pet'")]
    [InlineData("$ref: '#'")]
    [InlineData("$dynamicRef: '#node'")]
    [InlineData("discriminator: { propertyName: a, mapping: { dog: Dog, cat: '#/components/schemas/Cat' } }")]
    [InlineData("properties: { $ref: { type: string } }")]
    public async Task WhatStaysInsideIsFine(string line)
    {
        var found = await SourceStage.FindAsync((Yaml, $"openapi: 3.0.3\npaths: {{}}\nx:\n  - {line}\n"));

        found.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T132")]
    public async Task InJsonTheLineIsToldToo() =>
        (await SourceStage.FindAsync((Json, "{\n \"openapi\": \"3.1.0\",\n \"x\": [\n  {\"$ref\": \"a.json\"}\n ]\n}")))
            .Single()
            .ShouldStartWith($"{Json}:4 ExternalReference: has $ref 'a.json'");

    [Theory]
    [InlineData(Yaml, "a: &a [x]\nb: [*a, *a]", "a: has an anchor (&)")]
    [InlineData(Yaml, "openapi: 3.0.3\nopenapi: 3.0.3", "openapi: is written twice")]
    [InlineData(Yaml, "swagger: '2.0'", "is Swagger in YAML")]
    [InlineData(Yaml, "paths: {}", "says neither openapi: 3.x")]
    [InlineData(Yaml, "openapi: 3.0.3\npaths: []", "has paths that are no map")]
    [InlineData(Yaml, "a: [", "is not valid YAML")]
    [InlineData(Json, "{ \"openapi\": \"3.0.0\", \"openapi\": \"3.0.0\" }", "repeats a key")]
    [InlineData(Json, "[]", "is no JSON object")]
    [InlineData(Json, "openapi: 3.0.3", "not valid JSON")]
    public async Task WhatDoesNotParseIsNamed(string path, string text, string says)
    {
        var found = await SourceStage.FindAsync((path, text));

        found.ShouldContain(
            one =>
                one.Contains("Specification: ", StringComparison.Ordinal)
                && one.Contains(says, StringComparison.Ordinal),
            string.Join('\n', found)
        );
    }

    [Fact]
    public async Task AnIdIsGivenOnce()
    {
        const string Twice =
            "openapi: 3.0.3\npaths:\n  /a:\n    get: { operationId: one }\n  /b:\n    get: { operationId: ONE }\n";

        (await SourceStage.FindAsync((Yaml, Twice)))
            .Single()
            .ShouldStartWith($"{Yaml}:6 Duplicate: has the operation 'ONE' twice");
    }

    [Fact]
    [Trait("Threat", "T126")]
    public async Task ADescriptionInXmlHasNoDocumentType() =>
        (
            await SourceStage.FindAsync(
                (Api("soap"), SourceStage.Api),
                ("apis/soap/specification.wsdl", "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>")
            )
        )
            .Single()
            .ShouldStartWith("apis/soap/specification.wsdl:1 Specification: has a document type (DTD)");

    [Theory]
    [InlineData(
        "<a xmlns='http://schemas.xmlsoap.org/wsdl/'>\n<import location='http://attacker.example/b.wsdl' /></a>"
    )]
    [InlineData("<a>\n<x:include xmlns:x='http://www.w3.org/2001/XMLSchema' schemaLocation='b.xsd' /></a>")]
    [Trait("Threat", "T132")]
    public async Task ADescriptionInXmlImportsNothing(string xml) =>
        (await SourceStage.FindAsync((Api("soap"), SourceStage.Api), ("apis/soap/specification.wsdl", xml)))
            .Single()
            .ShouldStartWith("apis/soap/specification.wsdl:2 ExternalReference: imports ");

    [Theory]
    [InlineData("wsdl", "wsdl", "<a />")]
    [InlineData("wadl", "wadl-xml", "<a />")]
    [InlineData("graphql", "graphql", "type Query { pets: [Pet] }")]
    public async Task OtherFormatsAreTakenAsText(string extension, string format, string text)
    {
        var tree = ApimSample.Tree().Add(Api("other"), SourceStage.Api);

        var source = await SourceStage.ReadAsync(tree.Add($"apis/other/specification.{extension}", text));

        source.Findings.ShouldBeEmpty();
        var specification = source.At("apis/other").Specification!;
        (specification.Format, specification.Text, specification.Operations.Count).ShouldBe((format, text, 0));
    }

    private static string Api(string name) => $"apis/{name}/apiInformation.json";
}
