// A hundred shoppers for five minutes against a running api, for whoever has k6:
//   k6 run -e BASE_URL=https://shop.example -e COMPANY_ID=… -e PRODUCT_ID=… [-e CODE=…] deploy/load/cart.js
// The limiter counts new carts by address, so each cart names one of its own; the gateway believes it only of a trusted
// proxy. Milliseconds below are the baselines under a hundred shoppers; k6 fails the run when one is exceeded.
import http from "k6/http";
import { check, sleep } from "k6";
import exec from "k6/execution";

const BASELINES = {
  create_cart: [20, 50, 100],
  add_item: [30, 80, 150],
  update_quantity: [25, 60, 120],
  apply_discount: [40, 100, 200],
  totals: [50, 120, 250],
  shipping_estimate: [100, 300, 600],
  tax_estimate: [50, 150, 300],
  hold: [40, 100, 200],
  upsell: [500, 1500, 3000],
};

const thresholds = { checks: ["rate==1"] };
for (const [operation, [p50, p95, p99]] of Object.entries(BASELINES)) {
  if (operation === "apply_discount" && !__ENV.CODE) continue;
  thresholds[`http_req_duration{operation:${operation}}`] = [`p(50)<${p50}`, `p(95)<${p95}`, `p(99)<${p99}`];
}

export const options = {
  scenarios: { shoppers: { executor: "constant-vus", vus: 100, duration: "5m" } },
  summaryTrendStats: ["p(50)", "p(95)", "p(99)", "max"],
  thresholds,
};

function send(operation, method, path, headers, body) {
  const content = body === undefined ? null : JSON.stringify(body);
  const answer = http.request(method, `${__ENV.BASE_URL}${path}`, content, {
    headers: { "content-type": "application/json", ...headers },
    tags: { operation, name: operation },
  });
  check(answer, { [`${operation} succeeded`]: ({ status }) => status >= 200 && status < 300 });
  return answer.status < 300 ? answer.json() : null;
}

export default function shop() {
  const turn = exec.scenario.iterationInTest;
  const headers = {
    "x-company-id": __ENV.COMPANY_ID,
    "x-forwarded-for": `10.${(turn >> 16) & 255}.${(turn >> 8) & 255}.${turn & 255}`,
  };
  const cart = send("create_cart", "POST", "/api/public/cart", headers, { currency: __ENV.CURRENCY || "USD" });
  if (cart === null) return;
  headers["x-session-token"] = cart.sessionToken;
  const own = `/api/public/cart/${cart.id}`;
  const address = { country: "US", state: "CA", postalCode: "94105" };

  const filled = send("add_item", "POST", `${own}/items`, headers, { productId: __ENV.PRODUCT_ID, quantity: 1 });
  if (filled === null) return;
  send("update_quantity", "PATCH", `${own}/items/${filled.items[0].id}`, headers, { quantity: 2 });
  if (__ENV.CODE) send("apply_discount", "POST", `${own}/discount`, headers, { code: __ENV.CODE });
  send("totals", "GET", "/api/public/cart", headers);
  send("shipping_estimate", "POST", "/api/cart/shipping/estimate", headers, address);
  send("tax_estimate", "POST", "/api/cart/tax/estimate", headers, address);
  send("upsell", "GET", "/api/cart/upsells", headers);
  send("hold", "POST", `/api/cart/${cart.id}/hold`, headers);
  http.del(`${__ENV.BASE_URL}/api/cart/${cart.id}/hold`, null, { headers, tags: { operation: "release" } });
  sleep(1);
}
