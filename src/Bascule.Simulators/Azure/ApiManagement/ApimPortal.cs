using Bascule.Simulators.Azure.Resources;
using Microsoft.AspNetCore.Http;

namespace Bascule.Simulators.Azure.ApiManagement;

/// <summary>Somebody who changes things by hand: by the same rules, at once, over whatever is there, and without a trace in what is recorded and counted.</summary>
public sealed class ApimPortal
{
    private readonly Func<ArmRequest, ArmReply> _answer;

    internal ApimPortal(Func<ArmRequest, ArmReply> answer) => _answer = answer;

    /// <param name="path">Below the service, e.g. <c>apis/petstore/policies/policy</c>.</param>
    /// <param name="json">The body, with its <c>properties</c>; empty to put an API into a product.</param>
    /// <exception cref="ArgumentException">The service refuses.</exception>
    public void Put(string path, string json) => Change("PUT", path, json);

    /// <exception cref="ArgumentException">The service refuses.</exception>
    public void Delete(string path) => Change("DELETE", path, "");

    private void Change(string method, string path, string json)
    {
        var reply = _answer(
            new(method, "/" + path, path.Split('/'), new QueryCollection(), "*", "application/json", json)
        );
        if (reply.IsRefusal)
            throw new ArgumentException($"{method} {path}: {reply.Body?.ToJsonString()}", nameof(path));
    }
}
