using Bascule.Connectors.Platforms.ApiManagement.Gate;

namespace Bascule.Connectors.Tests.Platforms.ApiManagement.Gate;

[Trait("Threat", "T127")]
public sealed class RequireRulesTests
{
    private const string Jwt = "<validate-jwt header-name=\"Authorization\" />";
    private const string Operation = "apis/orders/operations/placeOrder/policy.xml";
    private const string Fragment = "policy fragments/correlation/policy.xml";

    private static readonly ApimRules Rules = new()
    {
        Require = new RequiredElements { Api = ["validate-jwt"] },
        KeepBase = false,
    };

    [Fact]
    public async Task TheSampleKeepsWhatIsRequired() => (await GateStage.CheckAsync(Rules)).ShouldBeEmpty();

    [Theory]
    [InlineData("it is gone", "")]
    [InlineData("it is a comment", $"<!-- {Jwt} -->")]
    [InlineData("it may be passed over", $"<choose><when condition=\"true\">{Jwt}</when></choose>")]
    [InlineData("its signature is not looked at", "<validate-jwt require-signed-tokens=\"false\" />")]
    [InlineData("who knows whether it is", "<validate-jwt require-signed-tokens=\"{{orders-url}}\" />")]
    [InlineData("it need not end", "<validate-jwt require-expiration-time=\"False\" />")]
    [InlineData("its errors are passed over", "<validate-jwt ignore-error=\"true\" />")]
    [InlineData("it comes with errors alone", $"</inbound><on-error>{Jwt}</on-error><inbound>")]
    public async Task WhatDoesNotTakeEffectDoesNotCount(string why, string piece)
    {
        var found = await GateStage.CheckAsync(
            Rules,
            (GateStage.Policy, $"<policies><inbound><base />{piece}</inbound></policies>")
        );

        found.ShouldContain(
            $"{GateStage.Policy}:1 Required: leaves the API 'orders' without 'validate-jwt', which the rules require; write it directly into a section, or into a policy above that <base /> brings in",
            why
        );
    }

    [Fact]
    public async Task AnApiWithoutAPolicyIsAskedToo()
    {
        var found = await GateStage.CheckAsync(Rules, ("apis/plain/apiInformation.json", "{ \"properties\": {} }"));

        found.Single().ShouldStartWith("apis/plain/apiInformation.json:1 Required: leaves the API 'plain'");
    }

    [Theory]
    [InlineData("<base />", true)]
    [InlineData("", false)]
    public async Task WhatIsAboveCountsWhereItIsKept(string inOrders, bool isFine)
    {
        var found = await GateStage.CheckAsync(
            Rules,
            ("policy.xml", $"<policies><inbound>{Jwt}</inbound></policies>"),
            (GateStage.Policy, $"<policies><inbound>{inOrders}</inbound></policies>")
        );

        (found.Count == 0).ShouldBe(isFine);
    }

    [Theory]
    [InlineData("<base />", true)]
    [InlineData("<set-header name=\"a\" />", false)]
    public async Task AnOperationMayNotDropWhatItsApiRequires(string inbound, bool isFine)
    {
        var found = await GateStage.CheckAsync(
            Rules,
            (Operation, $"<policies><inbound>{inbound}</inbound></policies>")
        );

        (found.Count == 0).ShouldBe(isFine);
        found.ShouldAllBe(one =>
            one.StartsWith($"{Operation}:1 Required: leaves the operation 'placeOrder'", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData($"<fragment>{Jwt}</fragment>", true)]
    [InlineData("<fragment><include-fragment fragment-id=\"correlation\" /></fragment>", false)]
    public async Task AFragmentCountsWhereItIsIncluded(string fragment, bool isFine)
    {
        var found = await GateStage.CheckAsync(
            Rules,
            (Fragment, fragment),
            (
                GateStage.Policy,
                "<policies><inbound><include-fragment fragment-id=\"correlation\" /></inbound></policies>"
            )
        );

        (found.Count == 0).ShouldBe(isFine, string.Join('\n', found));
    }

    [Fact]
    public async Task EveryLevelHasItsOwn()
    {
        var rules = new ApimRules
        {
            Require = new RequiredElements
            {
                Service = ["ip-filter"],
                Product = ["quota"],
                Operation = ["rate-limit"],
            },
        };

        var found = await GateStage.CheckAsync(rules);

        found.ShouldContain(one =>
            one.StartsWith("policy.xml:1 Required: leaves requests to the service", StringComparison.Ordinal)
        );
        found.ShouldContain(one =>
            one.StartsWith("products/shop/policy.xml:1 Required: leaves the product 'shop'", StringComparison.Ordinal)
        );
        found.ShouldContain(one =>
            one.StartsWith("apis/petstore/operations/listPets/policy.xml:1", StringComparison.Ordinal)
        );
        found.ShouldContain(one => one.StartsWith("apis/orders/policy.xml:1 Required:", StringComparison.Ordinal));
    }
}
