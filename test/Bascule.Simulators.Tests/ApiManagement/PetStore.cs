namespace Bascule.Simulators.Tests.ApiManagement;

/// <summary>A small document to import.</summary>
internal static class PetStore
{
    public const string Yaml = """
        openapi: 3.0.1
        info:
          title: petstore
          version: "1"
        servers:
          - url: https://pets.example.com/v1
        paths:
          /pets:
            get:
              operationId: listPets
              summary: List pets
              responses:
                "200":
                  description: pets
          /pets/{id}:
            get:
              responses:
                "200":
                  description: a pet
        """;

    public const string Json = """
        {"openapi":"3.0.1","info":{"title":"petstore","version":"1"},"paths":{"/pets/{id}":{"get":{"operationId":"one-pet","responses":{}}}}}
        """;

    public const string Swagger = """
        {"swagger":"2.0","info":{"title":"petstore","version":"1"},"host":"old.example.com","basePath":"/v0","paths":{"/pets":{"post":{"operationId":"Add Pet!","responses":{}}}}}
        """;
}
