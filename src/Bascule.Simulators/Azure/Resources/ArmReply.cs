using System.Text.Json.Nodes;

namespace Bascule.Simulators.Azure.Resources;

/// <summary>An answer of Azure Resource Manager; errors as <c>ErrorResponse</c> of its common types, version 5.</summary>
internal sealed record ArmReply(int Status, JsonObject? Body = null)
{
    public Dictionary<string, string> Headers { get; init; } = [];

    public bool IsRefusal => Status >= 400;

    public static ArmReply Refuse(int status, string code, string message, params JsonObject[] details)
    {
        var error = new JsonObject { ["code"] = code, ["message"] = message };
        if (details.Length > 0)
            error["details"] = new JsonArray([.. details]);
        return new(status, new JsonObject { ["error"] = error });
    }

    /// <summary>What API Management says of a body; the form is that of issues 668 and 837 of Azure/apiops.</summary>
    public static ArmReply Invalid(string target, string message) =>
        Refuse(
            400,
            "ValidationError",
            "One or more fields contain incorrect values:",
            new JsonObject
            {
                ["code"] = "ValidationError",
                ["target"] = target,
                ["message"] = message,
            }
        );

    public static ArmReply NotFound(string what) => Refuse(404, "ResourceNotFound", $"{what} not found.");

    /// <summary>Says aloud that the real service would do something here that the simulator cannot.</summary>
    public static ArmReply Unknown(string what) => Refuse(501, "NotSimulated", $"The simulator does not know {what}.");

    public ArmReply With(string header, string value)
    {
        Headers[header] = value;
        return this;
    }
}
